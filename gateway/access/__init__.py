"""People with their roles, and API keys with their scopes. Who may open which page is said where the page is."""
