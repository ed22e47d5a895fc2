"""One question to the address that is named, with the credentials that Google's library finds by itself. Prints the answer."""
import sys

import google.auth
from google.auth.transport.requests import AuthorizedSession

credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
answer = AuthorizedSession(credentials).get(sys.argv[1])
answer.raise_for_status()
print(answer.text)
