using Replay.TestKit;

namespace Replay.Architecture.Tests;

/// <summary>A source file of the repository.</summary>
internal sealed record SourceFile(string Path)
{
    private readonly Lazy<string[]> _lines = new(() => File.ReadAllLines(Path));

    public string[] Lines => _lines.Value;

    public string Relative => System.IO.Path.GetRelativePath(RepositoryFolder.Root, Path);

    public static IEnumerable<SourceFile> Under(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => new SourceFile(f));

    /// <summary>The lines that satisfy <paramref name="isWrong"/>, as <c>file:line: text</c>.</summary>
    public IEnumerable<string> Where(Func<string, bool> isWrong) =>
        Lines.Select((text, i) => (text, i)).Where(l => isWrong(l.text)).Select(l => $"{Relative}:{l.i + 1}: {l.text.Trim()}");
}
