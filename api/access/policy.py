"""Policies: which roles a route lets in. No policy, no start.

A route takes its caller as ``caller: Annotated[Caller, Depends(Policy(roles))]``, or says
``dependencies=[Depends(PUBLIC)]`` where anyone may ask.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from api.access.authentication import caller_of
from api.access.caller import Caller
from api.access.origin import check_origin
from api.access.role import ALL, CARETAKERS, COLLEAGUES, VIEWERS, Role
from api.problem import Forbidden, NotSignedIn
from api.services import services_of

CALLER = "vrijplek.caller"
"""Where the scope of a request holds the caller once a policy has let them in."""


@dataclass(frozen=True)
class Policy:
    """Lets in callers with one of some roles."""

    roles: frozenset[Role]

    async def __call__(self, request: Request) -> Caller:
        """The caller.

        Raises:
            NotSignedIn: If the request proves nobody.
            Forbidden: If the role may not, or a browser was made to send it by another site.
        """
        services = await services_of(request)
        caller = caller_of(request, services)
        if caller is None:
            raise NotSignedIn("found no key, expected the header Authorization: Bearer vp_...")
        if caller.role not in self.roles:
            allowed = ", ".join(sorted(self.roles))
            raise Forbidden(f"found a key of role {caller.role}, expected one of {allowed}")
        if caller.by_cookie:
            check_origin(request.method, request.headers)
        request.scope[CALLER] = caller
        return caller


class Public:
    """Lets in anyone: for what holds no data of the site, or has a check of its own."""

    async def __call__(self) -> None:
        """Nothing to check."""


PUBLIC = Public()

Anyone = Annotated[Caller, Depends(Policy(ALL))]
"""Any valid key."""
Viewer = Annotated[Caller, Depends(Policy(VIEWERS))]
"""Colleagues and screens."""
Colleague = Annotated[Caller, Depends(Policy(COLLEAGUES))]
"""Colleagues: persons, never a screen or an analyst."""
Caretaker = Annotated[Caller, Depends(Policy(CARETAKERS))]
"""Facilities and admins."""


class NoPolicyError(Exception):
    """Routes that do not say whom they let in."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = tuple(paths)
        super().__init__(f"found no policy on {', '.join(self.paths)}; each route needs one")


def policy_of(route: BaseRoute) -> Policy | Public | None:
    """The policy of a route, None where it has none."""
    if not isinstance(route, APIRoute):
        return None
    calls = (dependency.call for dependency in route.dependant.dependencies)
    return next((call for call in calls if isinstance(call, Policy | Public)), None)


def check_policies(routes: Iterable[BaseRoute]) -> None:
    """Refuses routes without a policy.

    Raises:
        NoPolicyError: If any has none.
    """
    bare = [getattr(r, "path", repr(r)) for r in routes if policy_of(r) is None]
    if bare:
        raise NoPolicyError(bare)
