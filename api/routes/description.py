"""The description of the API (OpenAPI), open to all and to scripts of any site."""

from typing import cast

from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.responses import JSONResponse, Response

from api.access.policy import PUBLIC
from api.problem import MEDIA_TYPE
from api.routes.schema import Json, components

router = APIRouter(prefix="/v1", dependencies=[Depends(PUBLIC)], include_in_schema=False)


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The description of everything under `/v1`."""
    described = described_by(cast("FastAPI", request.app))
    return JSONResponse(described, headers={"Access-Control-Allow-Origin": "*"})


def described_by(app: FastAPI) -> Json:
    """FastAPI's description with our shapes, our errors and our way of proving who asks."""
    if app.openapi_schema is None:
        described = app.openapi()
        kept = described.setdefault("components", {})
        kept["schemas"] = components() | {"Problem": PROBLEM}
        kept["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        described["security"] = [{"key": []}]
        for path in described["paths"].values():
            for operation in path.values():
                operation["responses"].pop("422", None)
                operation["responses"]["default"] = {
                    "description": "A problem (RFC 9457).",
                    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
    return cast("Json", app.openapi_schema)


PROBLEM: Json = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("field", "found", "expected")},
            },
        },
    },
}
