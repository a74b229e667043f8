"""Projects and what becomes of them, by an API, a chat and GitHub's webhooks."""
