"""`leadlock serve`: the pre-send check and commands over HTTP, and the console.

A request is decided by the engine that the stream uses. Whatever commits is on its topic first, under the same event id (guarantee 8);
what only asks reads. `service` has the process's parts, `app` the routes, `api/` one file a resource, `pages/` one file a page.
"""
