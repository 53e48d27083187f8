using System.Text;
using Microsoft.Playwright;

namespace Replay.Comparator.Tests.Browser;

/// <summary>The HTML report in a real browser.</summary>
public sealed class ReportPageTests(ReportPages pages) : IClassFixture<ReportPages>
{
    private const int Phone = 390;
    private const int Tablet = 820;
    private const int Desk = 1300;

    [BrowserTheory]
    [InlineData(Phone, false)]
    [InlineData(Phone, true)]
    [InlineData(Tablet, false)]
    [InlineData(Tablet, true)]
    [InlineData(Desk, false)]
    [InlineData(Desk, true)]
    public async Task ItIsQuietSelfContainedAccessibleAndNoWiderThanTheScreen(int width, bool isDark)
    {
        await using var report = await pages.OpenAsync(pages.Rich, width, 900, isDark);
        var page = report.Page;
        await KeepAsync(page, $"{width}-{(isDark ? "dark" : "light")}-top", false);
        var shape = await report.UnfoldAsync(MadeReport.Slow[..40]);
        Assert.Equal(2, await shape.Locator("canvas").CountAsync());
        await page.EvaluateAsync("document.querySelectorAll('details.values').forEach(one => { one.open = true; })");
        await KeepAsync(page, $"{width}-{(isDark ? "dark" : "light")}", true);
        Assert.Empty(report.Complaints);
        Assert.Empty(report.Requests);
        Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Empty(await ViolationsAsync(page));
    }

    [BrowserFact]
    public async Task WhatStrangersWroteIsText()
    {
        await using var report = await pages.OpenAsync(pages.Rich);
        var row = report.Page.Locator("#shapes-table tbody a", new PageLocatorOptions { HasTextString = MadeReport.Script });
        Assert.Contains(MadeReport.Script, await row.First.InnerTextAsync(), StringComparison.Ordinal);
        var shape = await report.UnfoldAsync(MadeReport.Slow[..40]);
        var user = shape.Locator("table.dimension th[scope=row]", new LocatorLocatorOptions { HasTextString = "onerror" });
        Assert.Equal(MadeReport.BadUser, await user.First.EvaluateAsync<string>("one => one.textContent"));
        Assert.Equal(0, await report.Page.Locator("img").CountAsync());
        Assert.Empty(report.Complaints);
        Assert.Empty(report.Requests);
    }

    [BrowserFact]
    public async Task TheTableSearchesFiltersAndSorts()
    {
        await using var report = await pages.OpenAsync(pages.Large);
        var page = report.Page;
        await page.FillAsync("#search", "UPDATE visits_123 set"); // without waiting for its row
        Assert.Equal("1 of 1000 shown", await page.InnerTextAsync("#shown"));
        Assert.Contains("visits_123", await (await report.RowsAsync(1)).InnerTextAsync(), StringComparison.Ordinal);
        await page.FillAsync("#search", "t0.created_at desc"); // behind what the rows show of it
        await page.WaitForFunctionAsync("document.getElementById('shown').textContent === '250 of 1000 shown'");
        await report.RowsAsync(250);
        await page.FillAsync("#search", "");
        var rows = await report.RowsAsync(1000);
        Assert.Equal(1000, await rows.Locator("a").EvaluateAllAsync<int>("all => new Set(all.map(one => one.hash)).size"));
        await page.ClickAsync("button[data-tag=regressed]");
        var regressed = await rows.CountAsync();
        Assert.InRange(regressed, 15, 40);
        await page.ClickAsync("button[data-tag=regressed]");

        var ratio = page.Locator("#shapes-table thead button", new PageLocatorOptions { HasTextString = "Ratio" });
        await ratio.ClickAsync();
        await report.RowsAsync(1000);
        var falling = await RatiosAsync(page);
        Assert.Equal(falling.OrderDescending(), falling);
        await ratio.ClickAsync();
        await report.RowsAsync(1000);
        var rising = await RatiosAsync(page);
        Assert.Equal(rising.Order(), rising);
        Assert.Equal("ascending", await page.Locator("#shapes-table th[aria-sort]").GetAttributeAsync("aria-sort"));
        await page.ClickAsync("#shapes-table thead button:text('p50')");
        Assert.EndsWith(" s", (await rows.First.Locator("td").Nth(4).InnerTextAsync()).Split('\n')[1], StringComparison.Ordinal);
        Assert.Empty(report.Complaints);
    }

    [BrowserFact]
    public async Task ThePaperHasAllRowsAlsoThoseThatThereWasNoTimeFor()
    {
        await using var report = await pages.OpenAsync(pages.Large);
        var rows = await report.Page.EvaluateAsync<int[]>("""
            () => {
              document.querySelector('button[data-tag=same]').click(); // the table begins anew: what comes in idle time cannot have come yet
              const rows = document.querySelector('#shapes-table tbody').rows, before = rows.length;
              dispatchEvent(new Event('beforeprint'));
              const fitting = rows.length;
              document.querySelector('button[data-tag=same]').click();
              dispatchEvent(new Event('beforeprint'));
              return [before, fitting, rows.length];
            }
            """);
        Assert.Equal(100, rows[0]);
        Assert.InRange(rows[1], 500, 999);
        Assert.Equal(1000, rows[2]);
        Assert.Empty(report.Complaints);
    }

    [BrowserFact]
    public async Task WithoutScriptsAllRowsAreThereToBeRead()
    {
        await using var report = await pages.OpenAsync(pages.Large, hasScripts: false);
        Assert.Equal(1000, await report.Page.Locator("table.shapes tbody tr a:visible").CountAsync());
        Assert.Equal("Verdict", await report.Page.Locator("table.shapes >> nth=1").Locator("th").First.InnerTextAsync());
    }

    [BrowserFact]
    public async Task EachShapeUnfoldsThePackedOnesToo()
    {
        await using var report = await pages.OpenAsync(pages.Large);
        var shape = await report.UnfoldAsync("insert into carts_124");
        Assert.Equal(0, await report.Page.Locator("#shape-details > details.shape").EvaluateAllAsync<int>("all => all.findIndex(one => one.open) < 40 ? 1 : 0"));
        Assert.Contains("By application", await shape.InnerTextAsync(), StringComparison.Ordinal);
        var address = report.Page.Url[report.Page.Url.IndexOf('#', StringComparison.Ordinal)..];

        // The address is that of the shape, to be sent to somebody.
        await using var again = await pages.OpenAsync(pages.Large, hash: address);
        await again.Page.Locator($"{address}[open] canvas").First.WaitForAsync();
        Assert.Empty(report.Complaints.Concat(again.Complaints));
    }

    [BrowserFact]
    public async Task AShapeWhoseDetailHasNoRoomLeadsToWhereItIs()
    {
        await using var report = await pages.OpenAsync(pages.Long);
        var rows = await report.RowsAsync(1000);
        await rows.Last.Locator("a").ClickAsync();
        await report.Page.WaitForFunctionAsync("() => document.activeElement?.id === 'others'");
        Assert.Matches("^The detail of [0-9,]+ more shapes is in the JSON report", await report.Page.Locator("#others:visible").InnerTextAsync());
        Assert.Empty(report.Complaints);
    }

    [BrowserFact]
    public async Task SpreadsAreDrawnByValueAndTold()
    {
        await using var report = await pages.OpenAsync(pages.Rich);
        var shape = await report.UnfoldAsync(MadeReport.Slow[..40]);
        var cell = shape.Locator("table.dimension tbody tr", new LocatorLocatorOptions { HasTextString = "10.0.0.2" }).Locator("td.pair");
        Assert.Matches("^old: 5 % below [0-9.]+ (us|ms), half from [0-9.]+ (us|ms) to [0-9.]+ (us|ms), 5 % above [0-9.]+ (us|ms); new: 5 % below ", await cell.TextContentAsync() ?? "");

        // Of each side the line holds the bar, and the bar the mark; the slow client's new bar lies behind its old one.
        var places = await cell.Locator("i").EvaluateAllAsync<double[][]>("all => all.map(one => { const box = one.getBoundingClientRect(); return [box.left, box.right]; })");
        Assert.Equal(6, places.Length);
        foreach (var side in new[] { places[..3], places[3..] })
        {
            var middle = (side[2][0] + side[2][1]) / 2;
            Assert.True(side[0][0] <= side[1][0] && side[1][0] <= middle && middle <= side[1][1] && side[1][1] <= side[0][1]);
        }

        Assert.True(places[4][1] > places[1][1]);
    }

    [BrowserFact]
    public async Task ChartsAreDrawnReadAndSwitchedByKeyboardAlone()
    {
        await using var report = await pages.OpenAsync(pages.Rich);
        var page = report.Page;
        await page.FocusAsync("#shapes-table tbody a");
        await page.Keyboard.PressAsync("Enter");
        var shape = page.Locator("details.shape[open]");
        var canvas = shape.Locator(".canvas").First;
        await shape.Locator("canvas").First.WaitForAsync();
        Assert.True(await InkAsync(shape.Locator("canvas").First) > 500, "nothing is drawn");
        Assert.True(await shape.EvaluateAsync<bool>("one => document.activeElement === one.querySelector('summary')"));

        var readout = shape.Locator(".readout").First;
        await canvas.FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await page.Keyboard.PressAsync("ArrowRight");
        var first = await readout.InnerTextAsync();
        Assert.Matches(@"^[\d.]+ [um]s to [\d.]+ [um]s: A1 .* %, A2 .* %, B1 .* %, B2 .* %$", first);
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.NotEqual(first, await readout.InnerTextAsync());

        await shape.Locator(".mode").Nth(1).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal("Slower than", await page.EvaluateAsync<string>("document.activeElement.textContent"));
        await shape.Locator(".canvas").First.FocusAsync();
        await page.Keyboard.PressAsync("Home");
        Assert.Matches("^Slower than .*: A1 100 %, A2 100 %", await readout.InnerTextAsync());

        var inked = await InkAsync(shape.Locator("canvas").First);
        await shape.Locator(".key-button").First.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        Assert.NotEqual(inked, await InkAsync(shape.Locator("canvas").First)); // a run less
        Assert.Empty(report.Complaints);
    }

    [BrowserFact]
    public async Task ThePaperHasTheFailingShapesInLightColorsWithTheirCharts()
    {
        await using var report = await pages.OpenAsync(pages.Rich, isDark: true);
        var page = report.Page;
        await page.WaitForFunctionAsync("document.querySelectorAll('#shapes-table tbody tr').length > 0");
        await page.EvaluateAsync("dispatchEvent(new Event('beforeprint'))");
        await page.Locator("details.failing canvas").First.WaitForAsync();
        Assert.Equal(3, await page.Locator("details.failing[open]").CountAsync());
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        Assert.Equal("#1b2430", await page.EvaluateAsync<string>("getComputedStyle(document.documentElement).getPropertyValue('--ink')"));
        Assert.False(await page.Locator(".tools").IsVisibleAsync());
        Assert.Empty(await ViolationsAsync(page));
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Null });
        var pdf = await page.PdfAsync(new PagePdfOptions { Format = "A4", PrintBackground = false, Path = ReportPages.Kept is { } folder ? Path.Combine(folder, "paper.pdf") : null });
        Assert.True(pdf.Length > 50_000);
        Assert.Empty(report.Complaints);
    }

    [Theory]
    [InlineData(150, false)]
    [InlineData(20, true)]
    public void AThousandShapesTakeUnderTwoMegabytes(int executions, bool isLong)
    {
        using var page = new MemoryStream();
        HtmlReport.Write(MadeReport.OfShapes(1000, executions, isLong), page);
        Assert.InRange(page.Length, 500_000, 2_000_000);
        Assert.Equal(!isLong, Encoding.UTF8.GetString(page.GetBuffer(), 0, (int)page.Length).Contains("960 more unfold", StringComparison.Ordinal));
    }

    private static Task<double[]> RatiosAsync(IPage page) => page.Locator("#shapes-table tbody tr").EvaluateAllAsync<double[]>("rows => rows.map(row => parseFloat(row.cells[2].firstChild.textContent)).filter(one => !isNaN(one))");

    // Pixels that are not transparent, of a copy that is made to be read: of another Chromium warns.
    private static Task<int> InkAsync(ILocator canvas) =>
        canvas.EvaluateAsync<int>("one => { const copy = document.createElement('canvas'); copy.width = one.width; copy.height = one.height; const made = copy.getContext('2d', { willReadFrequently: true }); made.drawImage(one, 0, 0); const all = made.getImageData(0, 0, one.width, one.height).data; let ink = 0; for (let i = 3; i < all.length; i += 4) { ink += all[i] > 0 ? 1 : 0; } return ink; }");

    private static async Task<string[]> ViolationsAsync(IPage page)
    {
        await page.EvaluateAsync(await File.ReadAllTextAsync(Chromium.Metadata("AxeScript")));
        return await page.EvaluateAsync<string[]>("axe.run(document, { resultTypes: ['violations'] }).then(result => result.violations.map(one => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 200) + ' ' + node.failureSummary.slice(0, 300)).join(' | ')}`))");
    }

    private static async Task KeepAsync(IPage page, string name, bool isWhole)
    {
        if (ReportPages.Kept is { } folder)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = isWhole });
        }
    }
}
