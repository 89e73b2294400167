"""HTTP on the wire: uvicorn's server with limits that keep one client from bending a request or filling the place."""
