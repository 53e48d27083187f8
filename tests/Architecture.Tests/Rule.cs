namespace Replay.Architecture.Tests;

/// <summary>Asserts with a text that says what is wrong, where, and what to do.</summary>
internal static class Rule
{
    /// <summary>Fails if there are offenders; each gets a line of its own.</summary>
    public static void Holds(string rule, IEnumerable<string> offenders)
    {
        var found = offenders.ToList();
        Assert.True(found.Count == 0, $"{rule}\n  {string.Join("\n  ", found)}\n");
    }
}
