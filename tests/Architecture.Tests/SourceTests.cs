using System.Text.RegularExpressions;
using Replay.TestKit;

namespace Replay.Architecture.Tests;

/// <summary>How the sources look.</summary>
public sealed partial class SourceTests
{
    private const int MaxLines = 400;
    private const int MaxTestLines = 600;
    private const int MaxMedianLines = 100;

    private static IEnumerable<SourceFile> Production => House.Projects.SelectMany(p => p.Sources);

    private static IEnumerable<SourceFile> Tests => SourceFile.Under(RepositoryFolder.Path("tests")).Where(f => !f.Relative.StartsWith(Path.Combine("tests", "Architecture.Tests"), StringComparison.Ordinal));

    [Fact]
    public void FilesAreShort() => Rule.Holds(
        $"A file is over {MaxLines} lines ({MaxTestLines} in tests): split it where its parts have names of their own.",
        Production.Where(f => f.Lines.Length > MaxLines).Concat(Tests.Where(f => f.Lines.Length > MaxTestLines)).Select(f => $"{f.Relative}: {f.Lines.Length} lines"));

    [Fact]
    public void TheMedianFileIsUnderAHundredLines()
    {
        var lengths = Production.Select(f => f.Lines.Length).Order().ToList();
        Assert.True(lengths[lengths.Count / 2] < MaxMedianLines, $"the median production file has {lengths[lengths.Count / 2]} lines, which should be under {MaxMedianLines}");
    }

    [Fact]
    public void NoRegionsAndNoUnfinishedBusiness() => Rule.Holds(
        "A region, a TODO or an unfinished piece. Finish it, or write an issue.",
        Production.Concat(Tests).SelectMany(f => f.Where(l => Unfinished().IsMatch(l))));

    [Fact]
    public void NothingIsSleptAwayOrSwallowed() => Rule.Holds(
        "Thread.Sleep in production, or an empty catch: wait for what is to happen; handle the error, or say why it may be ignored.",
        Production.SelectMany(f => f.Where(l => l.Contains("Thread.Sleep", StringComparison.Ordinal) || EmptyCatch().IsMatch(l))));

    [Fact]
    public void TestsDoNotAssertWhatCannotFail() => Rule.Holds(
        "An assertion that cannot fail.",
        Tests.SelectMany(f => f.Where(l => l.Contains("Assert.True(true", StringComparison.Ordinal))));

    [Fact]
    public void NamespacesFollowTheProject() => Rule.Holds(
        "A file's namespace does not begin with its project's.",
        from project in House.Projects
        let root = project.Assembly switch { "dbcapture" => "Replay.Agent", "dbreplay" => "Replay.Replayer", "dbcompare" => "Replay.Comparator", var name => name }
        from file in project.Sources
        let line = file.Lines.FirstOrDefault(l => l.StartsWith("namespace ", StringComparison.Ordinal))
        where line is not null && line != $"namespace {root};" && !line.StartsWith($"namespace {root}.", StringComparison.Ordinal)
        select $"{file.Relative}: {line}");

    [Fact]
    public void NumbersHaveTheirUnitInTheName() => Rule.Holds(
        "A number of time without its unit: name it ...Microseconds, ...Seconds and so on, or make it a TimeSpan.",
        Production.SelectMany(f => f.Where(l => TimeWithoutUnit().IsMatch(l))));

    [Fact]
    public void TheTopLevelIsFixed()
    {
        string[] fixedNames = ["capture", "replay", "compare", "tests", "Replay.sln", "build.sh", "README.md", "Directory.Build.props", "Directory.Packages.props"];
        Rule.Holds(
            "Something new lies at the top level, which is fixed.",
            Directory.EnumerateFileSystemEntries(RepositoryFolder.Root).Select(p => Path.GetFileName(p)).Where(n => !n.StartsWith('.')).Except(fixedNames));
    }

    [GeneratedRegex(@"#region|\bTODO\b|\bFIXME\b|\bHACK\b|NotImplementedException")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"catch\s*(\([^)]*\))?\s*\{\s*\}")]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(@"\b(public|internal)\s[^(=]*\b(int|uint|long|ulong|float|double)\??\s+\w*(Latency|Duration|Timeout|Elapsed|Delay|Lag|Interval)\s*[{;=,)]")]
    private static partial Regex TimeWithoutUnit();
}
