"""Style sheets, scripts and the logo, as they are in the package."""

from pathlib import Path

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse

from api.access.policy import PUBLIC
from api.pages.page import HEADERS
from api.problem import Problem

router = APIRouter(include_in_schema=False, dependencies=[Depends(PUBLIC)])

FOLDER = Path(__file__).parent / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = {path.name: path for path in sorted(FOLDER.iterdir()) if path.suffix in KINDS}


@router.get("/static/{name}")
async def static_file(name: str) -> FileResponse:
    """One file, asked for anew each time so that an update counts at once."""
    path = FILES.get(name)
    if path is None:
        raise Problem(404, "found no such file, expected one that a page names")
    headers = HEADERS | {"Cache-Control": "no-cache"}
    return FileResponse(path, headers=headers, media_type=KINDS[path.suffix])
