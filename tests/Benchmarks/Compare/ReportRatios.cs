using System.Globalization;
using Microsoft.Playwright;
using Replay.Benchmarks.Ratios;
using Replay.Comparator;
using Replay.Comparator.Tests.Browser;
using Replay.TestKit;

namespace Replay.Benchmarks.Compare;

/// <summary>How large the HTML report is, and how long a browser takes until it can be used: to be under 2 MB and 2 s for 1,000 shapes.</summary>
internal static class ReportRatios
{
    private const int Repeats = 5;

    private static readonly (int Shapes, int Executions, bool AreLong)[] Sizes = [(100, 300, false), (1000, 300, false), (1000, 20, true), (2000, 150, false)];

    /// <summary>Writes, opens and prints.</summary>
    public static async Task RunAsync()
    {
        if (Chromium.WhyMissing is { } missing)
        {
            await Console.Error.WriteLineAsync(missing).ConfigureAwait(false);
            return;
        }

        using var folder = new TempFolder("report");
        await using var chromium = await Chromium.StartAsync().ConfigureAwait(false);
        var table = new TextTable("shapes", "MB", "table can be used, s", "charts unpacked, s", "all rows laid out, s", "a search of all, ms", "a shape's charts, ms");
        foreach (var (shapes, executions, areLong) in Sizes)
        {
            var file = folder.File($"{shapes}.html");
            using (var stream = File.Create(file))
            {
                HtmlReport.Write(MadeReport.OfShapes(shapes, executions, areLong), stream);
            }

            var opened = new List<double[]>();
            for (var i = 0; i < Repeats; i++)
            {
                opened.Add(await OpenAsync(chromium, file).ConfigureAwait(false));
            }

            table.Add([shapes.ToString("N0", CultureInfo.InvariantCulture) + (areLong ? ", statements and plans of 3 KB" : ""), Number(new FileInfo(file).Length / 1e6, "0.00"), .. Enumerable.Range(0, 5).Select(k => Number(opened.Select(one => one[k]).Order().ElementAt(Repeats / 2) / (k < 3 ? 1000 : 1), k < 3 ? "0.00" : "0"))]);
        }

        Console.WriteLine($"The HTML report in Chromium, middle of {Repeats}, {Environment.ProcessorCount} processors.\n");
        table.Print(Console.Out);
        Console.WriteLine();
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    // Milliseconds: from the request to the first frame in which the table is there with its tools, to the unpacked charts, to the frame with the last row; for a word in the search field and for a click on a statement, to the next frame.
    private static async Task<double[]> OpenAsync(Chromium chromium, string file)
    {
        var context = await chromium.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1300, Height = 900 } }).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var page = await context.NewPageAsync().ConfigureAwait(false);
            await page.GotoAsync($"file://{file}").ConfigureAwait(false);
            return await page.EvaluateAsync<double[]>("""
                async () => {
                  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now()))));
                  const usable = performance.getEntriesByName('table')[0].startTime, painted = await frame();
                  while (performance.getEntriesByName('unpacked').length === 0) { await frame(); }
                  while (performance.getEntriesByName('rows').length === 0) { await frame(); }
                  const rows = await frame(), unpacked = performance.getEntriesByName('unpacked')[0].startTime, search = document.getElementById('search');
                  let from = performance.now();
                  search.value = 'select'; search.dispatchEvent(new Event('input'));
                  const searched = await frame() - from;
                  from = performance.now();
                  document.querySelector('#shapes-table tbody a').click();
                  while (!document.querySelector('details[open] canvas')) { await frame(); }
                  return [Math.max(usable, Math.min(painted, unpacked)), unpacked, rows, searched, await frame() - from];
                }
                """).ConfigureAwait(false);
        }
    }
}
