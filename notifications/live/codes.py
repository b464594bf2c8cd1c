"""Close codes of the live socket. Browsers see them; ``live.js`` knows what each one means."""

from __future__ import annotations

BAD_MESSAGE = 4400
NOT_SIGNED_IN = 4401
RESUME_FROM_CURSOR = 4008
RESTARTING = 4012
TRY_AGAIN = 4013
