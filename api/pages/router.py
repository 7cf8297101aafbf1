"""All pages as one router."""

from fastapi import APIRouter

from api.pages import (
    calibrate_page,
    desks_page,
    devices_page,
    map_page,
    people_page,
    screen_page,
    sign_in_page,
    static_page,
)

router = APIRouter(include_in_schema=False)
for page in (
    map_page,
    desks_page,
    people_page,
    calibrate_page,
    devices_page,
    screen_page,
    sign_in_page,
    static_page,
):
    router.include_router(page.router)
