namespace Replay.Comparator;

/// <summary>Settings that differ, in words. Those that are lists of switches differ by switch.</summary>
internal static class SettingWords
{
    private const int ValueLength = 80;

    /// <summary>The differences that a setting is.</summary>
    public static IEnumerable<ServerDifference> Differences(SettingDifference setting)
    {
        if (setting.Baseline is { } old && setting.Candidate is { } fresh)
        {
            if (setting.Name == "optimizer_switch")
            {
                return Switches(old, fresh);
            }

            if (setting.Name == "sql_mode")
            {
                return Modes(old, fresh);
            }
        }

        return [new ServerDifference(ServerDifferenceKind.Setting, null, setting.Name, setting.Baseline, setting.Candidate, Words(setting.Name, setting.Baseline, setting.Candidate))];
    }

    private static string Words(string name, string? old, string? fresh) =>
        old is null ? $"only the new server knows the setting {name} ({Shown(fresh)})"
        : fresh is null ? $"only the old server knows the setting {name} ({Shown(old)})"
        : $"{name} is {Shown(old)} on the old server, {Shown(fresh)} on the new one";

    private static IEnumerable<ServerDifference> Switches(string old, string fresh)
    {
        var (before, after) = (Flags(old), Flags(fresh));
        return before.Keys.Union(after.Keys, StringComparer.Ordinal)
            .Select(flag => (Flag: flag, Was: before.GetValueOrDefault(flag), Now: after.GetValueOrDefault(flag)))
            .Where(one => one.Was != one.Now)
            .Select(one => new ServerDifference(ServerDifferenceKind.Setting, null, $"optimizer_switch {one.Flag}", one.Was, one.Now, one.Was is null || one.Now is null
                ? $"only the {(one.Was is null ? "new" : "old")} server knows the optimizer switch {one.Flag} ({one.Was ?? one.Now})"
                : $"optimizer switch {one.Flag} is {one.Was} on the old server, {one.Now} on the new one"));
    }

    private static Dictionary<string, string> Flags(string value) =>
        value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(flag => flag.Split('=', 2)).Where(flag => flag.Length == 2).DistinctBy(flag => flag[0]).ToDictionary(flag => flag[0], flag => flag[1], StringComparer.Ordinal);

    private static IEnumerable<ServerDifference> Modes(string old, string fresh)
    {
        string[] before = old.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), after = fresh.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return before.Union(after, StringComparer.Ordinal).Where(mode => before.Contains(mode, StringComparer.Ordinal) != after.Contains(mode, StringComparer.Ordinal)).Select(mode =>
        {
            var isNew = after.Contains(mode, StringComparer.Ordinal);
            return new ServerDifference(ServerDifferenceKind.Setting, null, $"sql_mode {mode}", isNew ? "off" : "on", isNew ? "on" : "off", $"sql_mode has {mode} on the {(isNew ? "new" : "old")} server only");
        });
    }

    private static string Shown(string? value) => value is null or "" ? "empty" : Sentences.Short(value, ValueLength);
}
