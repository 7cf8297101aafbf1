"""The context of a running application: its services and what is worked out from them once."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from api.catalogue import Catalogue
from api.listing import Listing
from api.meters import Meters
from api.services import Services
from api.stream import Stream
from api.summary import Summaries


@dataclass(frozen=True)
class Context:
    """What routes of the JSON API work with."""

    services: Services
    catalogue: Catalogue
    listing: Listing
    stream: Stream
    summaries: Summaries
    meters: Meters

    @classmethod
    def of(cls, services: Services) -> "Context":
        """The context of an application with these services; listens to the view from now on."""
        catalogue = Catalogue(services.building)
        meters = Meters(services.metrics)
        stream = Stream(catalogue, services.view, meters)
        services.view.watch(stream.publish)
        return cls(
            services,
            catalogue,
            Listing(catalogue, services.view),
            stream,
            Summaries(services.building, services.aggregates),
            meters,
        )


async def context_of(request: Request) -> Context:
    """The context of the application that got this request, for ``Depends``."""
    return cast("Context", request.app.state.context)


InContext = Annotated[Context, Depends(context_of)]
