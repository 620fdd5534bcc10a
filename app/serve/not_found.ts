const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>There is no such page</title>
<h1>There is no such page</h1>
<p>This server has one page: <a href="/">try the model</a>. Programs send photos to /predict, as
<a href="/openapi.json">/openapi.json</a> says.</p>
</html>
`;

/** For people in a browser; undefined for programs. */
export function notFound(request: Request): Response | undefined {
  if (!/\btext\/html\b/i.test(request.headers.get("accept") ?? "")) return undefined;
  return new Response(request.method === "HEAD" ? null : PAGE, {
    status: 404,
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}
