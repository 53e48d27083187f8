using System.Text;
using System.Text.Json;
using Replay.Comparator.Tests.Browser;
using Replay.TestKit;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Replay.Comparator.Tests.Golden;

/// <summary>
/// What other programs read, letter by letter: a change of a report shows in the commit that makes it. <c>REPLAY_GOLDEN=renew</c> writes the files anew, to be looked at and committed.
/// </summary>
public sealed class GoldenTests
{
    private static readonly Lazy<Comparison> Made = new(() => WithoutFolder(MadeReport.Small()));

    [Fact]
    public void Json() => IsGolden("comparison.json", Indented(Written.Text(Made.Value, JsonReport.Write)));

    [Fact]
    public void Csv()
    {
        var text = Written.Text(Made.Value, CsvReport.Write);
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        IsGolden("comparison.csv", text.Replace("\r\n", "\n", StringComparison.Ordinal)); // as git keeps texts
    }

    [Fact]
    public void JUnit() => IsGolden("junit.xml", Written.Text(Made.Value, JUnitReport.Write));

    [Fact]
    public void Markdown()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        MarkdownReport.Write(Made.Value, writer);
        IsGolden("comparison.md", writer.ToString());
    }

    [Fact]
    public void TerminalOf80ColumnsWithSparklines()
    {
        var text = OnTerminal();
        Assert.All(text.Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, 80));
        IsGolden("terminal.txt", string.Join('\n', text.Split('\n').Select(line => line.TrimEnd())));
    }

    [Fact]
    public void WideCharactersTakeTwoOfThe80Columns()
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape($"select {new string('\u6ce8', 60)} from \u6587 where id = ?", 300, 2000) { Ratio = 1.6 }]);
        using var writer = new StringWriter { NewLine = "\n" };
        TerminalReport.Write(campaign.Compare(), Console(writer, ColorSystemSupport.NoColors));
        var lines = writer.ToString().Split('\n').Select(line => (Text: line.TrimEnd(), Columns: new Segment(line.TrimEnd()).CellCount())).ToArray();
        Assert.All(lines, line => Assert.InRange(line.Columns, 0, 80));
        Assert.Contains(lines, line => line.Text.StartsWith("  select \u6ce8", StringComparison.Ordinal) && line.Text.EndsWith("...", StringComparison.Ordinal) && line.Columns > 70);
    }

    [Fact]
    public void PlainWhereThereIsNoTerminal()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        TerminalReport.Write(Made.Value, TerminalReport.Console(writer, isTerminal: false));
        Assert.DoesNotContain(writer.ToString(), character => character > '~' || (character < ' ' && character != '\n'));
        IsGolden("plain.txt", writer.ToString());
    }

    [Fact]
    public void ATerminalHasColorsAndObeysNoStranger()
    {
        var comparison = MadeReport.Small();
        comparison = comparison with { Warnings = ["\u001b]0;owned\u0007 [red]x[/]"] };
        using var writer = new StringWriter();
        TerminalReport.Write(comparison, Console(writer, ColorSystemSupport.Standard));
        Assert.Contains("\u001b[1;91mFAIL\u001b[0m", writer.ToString(), StringComparison.Ordinal);
        Assert.Contains("[red]x[/]", writer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b]", writer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\u0007", writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AParserThatOthersUseReadsTheJUnit()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "junit.xml");
        await File.WriteAllTextAsync(file, Written.Text(Made.Value, JUnitReport.Write));
        var script = $"import {{ parse }} from '{Chromium.Metadata("JUnitParser")}'; import {{ readFileSync }} from 'node:fs'; console.log(JSON.stringify(await parse(readFileSync('{file}'))));";
        var parsed = await ProcessRunner.RunAsync("node", ["--input-type=module", "--eval", script]);
        Assert.True(parsed.ExitCode == 0, parsed.Error);
        using var json = JsonDocument.Parse(parsed.Output);
        var suite = json.RootElement.GetProperty("testsuite")[0];
        var cases = suite.GetProperty("testcase").EnumerateArray().ToArray();
        Assert.Equal(Made.Value.Shapes.Count + 1, cases.Length);
        Assert.Equal(suite.GetProperty("failures").GetInt32(), cases.Count(one => one.TryGetProperty("failure", out _)));
        Assert.Equal(4, suite.GetProperty("failures").GetInt32());
        Assert.Contains(cases, one => one.GetProperty("name").GetString()!.Contains(MadeReport.Script, StringComparison.Ordinal));
    }

    private static string OnTerminal()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        TerminalReport.Write(Made.Value, Console(writer, ColorSystemSupport.NoColors));
        return writer.ToString();
    }

    private static IAnsiConsole Console(TextWriter writer, ColorSystemSupport colors)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.Yes, ColorSystem = colors, Interactive = InteractionSupport.No });
        console.Profile.Width = 80;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }

    private static string Indented(string json)
    {
        using var document = JsonDocument.Parse(json);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            document.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    // Its name is another each time, and so is its length, which would move the ends of lines.
    private static Comparison WithoutFolder(Comparison comparison)
    {
        var folder = Path.GetDirectoryName(comparison.WorkloadFolder)!;
        return comparison with { Shapes = [.. comparison.Shapes.Select(shape => shape with { Reproductions = [.. shape.Reproductions.Select(one => one with { Commands = [.. one.Commands.Select(command => command.Replace(folder, "/made", StringComparison.Ordinal))] })] })] };
    }

    // The folder and the ids of the runs are others each time.
    private static void IsGolden(string name, string text)
    {
        text = Made.Value.Runs.Aggregate(text, (all, run) => all.Replace(run.Manifest.Id.ToString(), $"id of {run.Label}", StringComparison.Ordinal));
        text = text.Replace(Path.GetDirectoryName(Made.Value.WorkloadFolder)!, "/made", StringComparison.Ordinal).TrimEnd() + "\n";
        var file = RepositoryFolder.Path("tests", "Comparator.Tests", "Golden", name);
        if (Environment.GetEnvironmentVariable("REPLAY_GOLDEN") == "renew")
        {
            File.WriteAllText(file, text);
        }

        Assert.Equal(File.ReadAllText(file), text);
    }
}
