using Microsoft.Playwright;
using Replay.TestKit;

namespace Replay.Comparator.Tests.Browser;

/// <summary>A browser and reports in files, shared by the tests.</summary>
public sealed class ReportPages : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private Chromium? _chromium;

    /// <summary>Set to an existing folder, the reports and screenshots of them are left in it.</summary>
    public static readonly string? Kept = Environment.GetEnvironmentVariable("REPLAY_SCREENSHOTS");

    /// <summary>The report that has something of everything.</summary>
    public string Rich => Path.Combine(Kept ?? _folder.Path, "rich.html");

    /// <summary>One of 1,000 shapes.</summary>
    public string Large => Path.Combine(Kept ?? _folder.Path, "large.html");

    /// <summary>The same with statements and plans so long that the details of most have no room in it.</summary>
    public string Long => Path.Combine(Kept ?? _folder.Path, "long.html");

    public async Task InitializeAsync()
    {
        if (Chromium.WhyMissing is not null)
        {
            return;
        }

        Write(Rich, MadeReport.Comparison());
        Write(Large, MadeReport.OfShapes(1000, 24));
        Write(Long, MadeReport.OfShapes(1000, 20, isLong: true));
        _chromium = await Chromium.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }

        _folder.Dispose();
    }

    /// <summary>A page that has opened a report, and writes down what it complains of and asks for.</summary>
    internal async Task<OpenedReport> OpenAsync(string file, int width = 1300, int height = 900, bool isDark = false, string hash = "", bool hasScripts = true)
    {
        var context = await _chromium!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            HasTouch = width < 800,
            JavaScriptEnabled = hasScripts,
        });
        return await OpenedReport.OpenAsync(context, file, hash);
    }

    private static void Write(string file, Comparison comparison)
    {
        using var stream = File.Create(file);
        HtmlReport.Write(comparison, stream);
    }
}
