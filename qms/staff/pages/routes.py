"""All pages of staff, for the composition."""

from pathlib import Path

from starlette.routing import BaseRoute, Mount

from qms.staff.admin import Admin
from qms.staff.pages.accounts import AccountPages
from qms.staff.pages.own import OwnPages
from qms.staff.sign_in import SignIn
from qms.web.files import Files

FOLDER = Path(__file__).parent


def pages(sign_in: SignIn) -> list[BaseRoute]:
    """Sign-in, password, start page, sessions, accounts; their templates lie in this folder."""
    return [
        *OwnPages(sign_in).routes(),
        *AccountPages(Admin(sign_in.sessions)).routes(),
        Mount("/staff-assets", Files(FOLDER / "assets"), name="/staff-assets"),
    ]
