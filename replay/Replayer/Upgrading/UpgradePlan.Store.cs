using System.Text.RegularExpressions;
using Replay.Client;
using Replay.Workload;
using YamlDotNet.Serialization;

namespace Replay.Replayer;

/// <content>Where comparisons are kept.</content>
public sealed partial record UpgradePlan
{
    private const string StorePasswordVariable = "DBCOMPARE_STORE_PASSWORD";

    /// <summary>A PostgreSQL database in which the comparison is stored, as <c>dbcompare --store</c>; none: null.</summary>
    public string? Store { get; set; }

    /// <summary>A file whose first line is the password of that URL's user.</summary>
    public string? StorePasswordFile { get; set; }

    /// <summary>Its server and database, with the password if that is known; null: nothing is stored.</summary>
    [YamlIgnore]
    internal TargetUrl? StoreTarget => Store is null ? null : CommonOptions.WithPassword(SchemaParameter().Replace(Store, ""), StorePasswordFile, StorePasswordVariable);

    /// <summary>What dbcompare is told of it, and its password in the environment: where anybody could read it, in a command line, it never is.</summary>
    internal (IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string?> Environment) StoreArguments() => Store is null
        ? ([], new Dictionary<string, string?>())
        : (["--store", RunArguments.WithoutPassword(Store)], new Dictionary<string, string?> { [StorePasswordVariable] = StoreTarget?.Password });

    private string? StoreProblem()
    {
        if (Store is null)
        {
            return StorePasswordFile is null ? null : "'store_password_file' is of the database that 'store' names, and there is none";
        }

        try
        {
            return TargetUrl.Parse(SchemaParameter().Replace(Store, "")).Engine != Engine.PostgreSql ? "'store' must be a PostgreSQL database: postgres://user@host/database"
                : Compare.Contains("--store") ? "'store' and --store in 'compare' say the same: leave one out"
                : null;
        }
        catch (TargetException e)
        {
            return $"'store': {e.Message}";
        }
    }

    // dbcompare's own, which a target has not.
    [GeneratedRegex("(?<=[?&])schema=[^&]*&?")]
    private static partial Regex SchemaParameter();
}
