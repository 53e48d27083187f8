using Microsoft.Playwright;

namespace Replay.Comparator.Tests.Browser;

/// <summary>A report in a window of its own.</summary>
internal sealed class OpenedReport : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    private OpenedReport(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
    }

    public IPage Page { get; }

    /// <summary>Errors on the console, uncaught exceptions, dialogs.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Requests but for the file itself.</summary>
    public List<string> Requests { get; } = [];

    public static async Task<OpenedReport> OpenAsync(IBrowserContext context, string file, string hash)
    {
        var page = await context.NewPageAsync();
        var opened = new OpenedReport(context, page);
        page.Console += (_, message) => opened.Note(message.Type is "error" or "warning", message.Text);
        page.PageError += (_, error) => opened.Note(true, error);
        page.Dialog += async (_, dialog) =>
        {
            opened.Note(true, $"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
        page.Request += (_, request) =>
        {
            if (request.Url.Split('#')[0] != $"file://{file}")
            {
                opened.Requests.Add(request.Url);
            }
        };
        await page.GotoAsync($"file://{file}{hash}");
        return opened;
    }

    /// <summary>Unfolds the first shape whose statement holds a text, by its link in the table, and waits for its charts.</summary>
    public async Task<ILocator> UnfoldAsync(string text)
    {
        await Page.Locator("#shapes-table tbody a", new PageLocatorOptions { HasTextString = text }).First.ClickAsync();
        var shape = Page.Locator("details.shape[open]", new PageLocatorOptions { HasTextString = text }).First;
        await shape.Locator("canvas").First.WaitForAsync();
        return shape;
    }

    /// <summary>Waits until the table has all rows that fit the search and the filter: the first are there at once.</summary>
    public async Task<ILocator> RowsAsync(int count)
    {
        await Page.WaitForFunctionAsync("count => document.querySelectorAll('#shapes-table tbody tr').length === count", count);
        return Page.Locator("#shapes-table tbody tr");
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Note(bool isComplaint, string text)
    {
        if (isComplaint)
        {
            Complaints.Add(text);
        }
    }
}
