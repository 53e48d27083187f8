namespace Replay.Comparator;

/// <summary>What a side's runs stored of their server besides settings: <c>environment.json</c> and <c>tables.json</c>. What an older build did not store is empty.</summary>
internal sealed record ServerFacts
{
    public Extension[] Extensions { get; init; } = [];

    public Database[] Databases { get; init; } = [];

    public UserSetting[] UserSettings { get; init; } = [];

    public Table[] Tables { get; init; } = [];

    /// <summary>Whether the runs stored an environment at all: what one side has not told is no difference.</summary>
    public bool HasEnvironment { get; init; }

    /// <summary>An extension, or a plug-in of the whole server.</summary>
    public sealed record Extension(string? Database, string Name, string? Version);

    /// <summary>How a database writes and sorts.</summary>
    public sealed record Database([property: System.Text.Json.Serialization.JsonPropertyName("database")] string Name, string? Encoding, string? Collation, string? Version);

    /// <summary>A setting that a user's sessions begin with.</summary>
    public sealed record UserSetting(string? Database, string User, string Name, string Value);

    /// <summary>A table.</summary>
    public sealed record Table
    {
        public string Database { get; init; } = "";

        public string? Schema { get; init; }

        [System.Text.Json.Serialization.JsonPropertyName("table")]
        public string Name { get; init; } = "";

        public long? LiveRows { get; init; }

        public long? PlannedRows { get; init; }

        public string? AnalyzedAt { get; init; }

        public Index[] Indexes { get; init; } = [];

        public Column[] Columns { get; init; } = [];

        /// <summary>Its name as people write it: the schema only where it says something.</summary>
        public string Shown => Schema is null or "public" ? Name : $"{Schema}.{Name}";
    }

    /// <summary>An index; runs of older builds have no definition.</summary>
    public sealed record Index(string Name, string? Definition, bool IsUsable = true);

    /// <summary>A column.</summary>
    public sealed record Column(string Name, string Type, string? Collation);
}
