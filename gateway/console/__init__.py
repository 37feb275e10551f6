"""Pages for people: what the gateway is, the demo form, the API in words. Server-rendered, no scripts."""
