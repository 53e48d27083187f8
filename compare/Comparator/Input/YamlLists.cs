using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Replay.Comparator;

/// <summary>Reads files that are one list under one key, as waivers and objectives are.</summary>
internal static class YamlLists
{
    /// <summary>Reads a file; a <see cref="ComparisonException"/> of one line says what is wrong with it.</summary>
    public static IReadOnlyList<T> Read<T>(string path, Func<string, IReadOnlyList<T>> parse)
    {
        try
        {
            return parse(File.ReadAllText(path));
        }
        catch (FormatException e)
        {
            throw new ComparisonException($"{path}: {e.Message}");
        }
    }

    /// <summary>Deserialises a text; keys are properties' names in lower case with underscores. A <see cref="FormatException"/> says what is wrong with it.</summary>
    public static T? Parse<T>(string text)
        where T : class
    {
        try
        {
            return new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithDuplicateKeyChecking().Build().Deserialize<T?>(text);
        }
        catch (YamlException e)
        {
            throw new FormatException($"line {e.Start.Line}: {(e.InnerException ?? e).Message}", e);
        }
    }

    /// <summary>Throws a <see cref="FormatException"/> if what an entry has to be is not met.</summary>
    /// <param name="entry">Which entry, as the user counts.</param>
    /// <param name="isMet">Whether it is.</param>
    /// <param name="rule">What it has to be.</param>
    public static void Require(string entry, bool isMet, string rule)
    {
        if (!isMet)
        {
            throw new FormatException($"{entry}: {rule}");
        }
    }
}
