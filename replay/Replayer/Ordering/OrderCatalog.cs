using System.Text.Json;
using System.Text.Json.Serialization;
using Replay.Sql;

namespace Replay.Replayer;

/// <summary>When two values of a key column are the same.</summary>
public enum KeyType : byte
{
    /// <summary>Not known: such a key can't be told.</summary>
    Other,

    /// <summary>Whole numbers.</summary>
    Integer,

    /// <summary>Bytes that are equal or not: PostgreSQL's text under a deterministic collation, MySQL's binary types and collations.</summary>
    Text,

    /// <summary>Text whose case, accents or trailing spaces may not count: MySQL's other collations, citext, char(n).</summary>
    FoldedText,

    /// <summary>UUIDs, in any spelling.</summary>
    Uuid,

    /// <summary>Dates.</summary>
    Date,
}

/// <summary>What a foreign key does to its rows when the row that they refer to goes.</summary>
public enum ReferenceAction : byte
{
    /// <summary>Nothing: the other statement fails.</summary>
    Restrict,

    /// <summary>They are changed or deleted too: CASCADE, SET NULL, SET DEFAULT.</summary>
    Cascade,
}

/// <summary>A column that matters to a key.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">When two of its values are the same.</param>
/// <param name="IsGenerated">Whether the server makes a value that nobody else has where none is given: a sequence, AUTO_INCREMENT, a UUID.</param>
/// <param name="HasDefault">Whether it gets another value than NULL where none is given.</param>
/// <param name="IsComputed">PostgreSQL: whether its value follows from other columns.</param>
/// <param name="Sequence">PostgreSQL: the sequence that fills it, if nothing is done to what it gives.</param>
public sealed record CatalogColumn(string Name, KeyType Type, bool IsGenerated = false, bool HasDefault = false, bool IsComputed = false, CatalogSequence? Sequence = null);

/// <summary>A sequence that counts upwards, does not begin anew, and of which sessions do not keep values in stock (CACHE 1).</summary>
/// <param name="Name">With its schema, quoted as SQL needs it.</param>
/// <param name="Start">The first value that it gives.</param>
/// <param name="Increment">Its step.</param>
public sealed record CatalogSequence(string Name, long Start, long Increment);

/// <summary>A foreign key.</summary>
/// <param name="Columns">The table's own columns.</param>
/// <param name="Schema">Schema of the table that is referred to.</param>
/// <param name="Table">Its name.</param>
/// <param name="References">Its columns.</param>
/// <param name="Action">The stronger of ON UPDATE and ON DELETE.</param>
public sealed record CatalogForeignKey(IReadOnlyList<string> Columns, string Schema, string Table, IReadOnlyList<string> References, ReferenceAction Action);

/// <summary>A trigger or rule.</summary>
/// <param name="Events">Which of insert, update, delete fire it.</param>
/// <param name="Touches">Tables that it may touch, as <c>schema.name</c>; null if that is not known.</param>
public sealed record CatalogTrigger(IReadOnlyList<string> Events, IReadOnlyList<string>? Touches = null)
{
    /// <summary>PostgreSQL: the same for sessions with another search_path than the catalogue's login: a name without a schema is one in any.</summary>
    public IReadOnlyList<string>? Elsewhere { get; init; }
}

/// <summary>A table.</summary>
public sealed record CatalogTable
{
    /// <summary>First part of a key whose values do not tell whether two are equal: a partial or expression index, a prefix. The columns on which it depends follow.</summary>
    public const string Condition = "(condition)";

    /// <summary>The schema; MySQL: the database.</summary>
    public required string Schema { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>All columns in order: an INSERT that names none means these.</summary>
    public IReadOnlyList<CatalogColumn> Columns { get; init; } = [];

    /// <summary>Columns of the primary key and of the unique keys; the primary key first if there is one. See <see cref="Condition"/>.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Keys { get; init; } = [];

    /// <summary>PostgreSQL: names of its indexes, which are in the table's schema.</summary>
    public IReadOnlyList<string> Indexes { get; init; } = [];

    /// <summary>Its foreign keys.</summary>
    public IReadOnlyList<CatalogForeignKey> ForeignKeys { get; init; } = [];

    /// <summary>Its triggers and rules; not those that make foreign keys work.</summary>
    public IReadOnlyList<CatalogTrigger> Triggers { get; init; } = [];

    /// <summary>The table of which it is a partition, as <c>schema.name</c>; null if it is none.</summary>
    public string? PartitionOf { get; init; }

    /// <summary>The table from which it inherits otherwise; keys then hold for each table by itself.</summary>
    public string? Inherits { get; init; }
}

/// <summary>A view.</summary>
/// <param name="Schema">The schema.</param>
/// <param name="Name">The name.</param>
/// <param name="Tables">All tables that it reads, through other views too, as <c>schema.name</c>.</param>
public sealed record CatalogView(string Schema, string Name, IReadOnlyList<string> Tables)
{
    /// <summary>PostgreSQL: triggers and rules of the view, and of the views that it reads.</summary>
    public IReadOnlyList<CatalogTrigger> Triggers { get; init; } = [];

    /// <summary>The tables of a view that may do anything: a name that no table has.</summary>
    public static IReadOnlyList<string> Anything { get; } = ["?"];
}

/// <summary>A function that is not the server's own.</summary>
/// <param name="Name">The name without the schema.</param>
/// <param name="Writes">Whether it may write: PostgreSQL volatile, MySQL all but READS SQL DATA and NO SQL.</param>
/// <param name="Touches">Tables that it may touch, as <c>schema.name</c>; null if that is not known.</param>
public sealed record CatalogFunction(string Name, bool Writes, IReadOnlyList<string>? Touches = null)
{
    /// <summary>PostgreSQL: the same for sessions with another search_path than the catalogue's login: a name without a schema is one in any.</summary>
    public IReadOnlyList<string>? Elsewhere { get; init; }

    /// <summary>PostgreSQL: whether it may set the search_path of the session.</summary>
    public bool SetsPath { get; init; }
}

/// <summary>PostgreSQL: the search_path with which sessions begin.</summary>
/// <param name="Role">Whose; null: everybody's.</param>
/// <param name="Value">As it is set.</param>
public sealed record CatalogPathSetting(string? Role, string Value);

/// <summary>What a database consists of, as far as order needs it. PostgreSQL: one for each database. MySQL: one for the server.</summary>
public sealed record OrderCatalog
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>Whose dialect it is.</summary>
    public required SqlDialect Dialect { get; init; }

    /// <summary>MySQL: whether case does not count in names of tables (lower_case_table_names is not 0).</summary>
    public bool FoldsTableNames { get; init; }

    /// <summary>The isolation level of a transaction that sets none.</summary>
    public IsolationLevel DefaultIsolation { get; init; }

    /// <summary>MySQL: what the server's sql_mode does to how texts are cut into tokens.</summary>
    public LexerOptions LexerOptions { get; init; }

    /// <summary>PostgreSQL: schemas in which names without one are looked for by the login that read the catalogue, which holds for sessions of which nothing else is known.</summary>
    public IReadOnlyList<string> SearchPath { get; init; } = ["public"];

    /// <summary>PostgreSQL: all schemas but the server's own; null if they are not known.</summary>
    public IReadOnlyList<string>? Schemas { get; init; }

    /// <summary>PostgreSQL: the server's, the database's and roles' settings of search_path, the last that applies counts. Empty: not known.</summary>
    public IReadOnlyList<CatalogPathSetting> PathSettings { get; init; } = [];

    /// <summary>Its tables.</summary>
    public IReadOnlyList<CatalogTable> Tables { get; init; } = [];

    /// <summary>Its views.</summary>
    public IReadOnlyList<CatalogView> Views { get; init; } = [];

    /// <summary>Its functions.</summary>
    public IReadOnlyList<CatalogFunction> Functions { get; init; } = [];

    /// <summary>Reads a catalogue that was written as JSON, names in camel case.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static OrderCatalog Parse(string json) => JsonSerializer.Deserialize<OrderCatalog>(json, Json) ?? throw new JsonException("a catalogue is an object");

    /// <summary>The catalogue as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);
}
