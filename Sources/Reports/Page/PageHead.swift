/// The head of every page: a template that uses `style` and `page.title`. Its content security
/// policy allows only embedded images: no scripts and no requests.
package enum PageHead {
  /// The end of a page, after its sections.
  package static let tail = """
    </main>
    <footer>{{footer}}</footer>
    {{/page}}
    </body>
    </html>

    """

  /// Opens the body of a page with its title and facts. The header stays open, so that the page can add to it.
  package static let opening = """
    <body>
    {{#page}}
    <header>
    <h1>{{title}}</h1>
    <div class="facts">{{#facts}}<span>{{.}}</span>{{/facts}}</div>

    """

  /// Up to the end of the head.
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
