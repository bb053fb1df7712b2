/// How every page begins: a template whose outermost names are `style` and `page.title`. The page may
/// show pictures that are part of it and nothing else: no script, no request.
package enum PageHead {
  package static let text = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="referrer" content="no-referrer">
    <meta name="color-scheme" content="light dark">
    <title>{{page.title}}</title>
    <link rel="icon" href="data:,">
    <style>
    {{{style}}}
    </style>
    </head>

    """
}
