namespace Replay.Sql;

/// <summary>How a statement uses a table.</summary>
public enum TableUse : byte
{
    /// <summary>Rows are read without a lock (in PostgreSQL and by MySQL's consistent reads).</summary>
    Read,

    /// <summary>Rows are read and locked shared: FOR SHARE, FOR KEY SHARE, LOCK IN SHARE MODE.</summary>
    LockShared,

    /// <summary>Rows are read and locked for themselves: FOR UPDATE, FOR NO KEY UPDATE.</summary>
    LockExclusive,

    /// <summary>Rows are added.</summary>
    Insert,

    /// <summary>Rows are added, or changed where they were there: ON CONFLICT DO UPDATE, ON DUPLICATE KEY UPDATE, REPLACE, MERGE.</summary>
    Upsert,

    /// <summary>Rows are changed.</summary>
    Update,

    /// <summary>Rows are deleted.</summary>
    Delete,

    /// <summary>The table as a whole: LOCK TABLE, TRUNCATE, DDL.</summary>
    Whole,
}

/// <summary>One use of one table by a statement.</summary>
public sealed class TableAccess
{
    /// <summary>The schema (MySQL: the database) that the text names; null if it names none.</summary>
    public string? Schema { get; init; }

    /// <summary>The table's name: PostgreSQL folded as the server folds it, MySQL as written.</summary>
    public required string Name { get; init; }

    /// <summary>What is done with it.</summary>
    public TableUse Use { get; internal set; }

    /// <summary>Whether rows of it, or it as a whole, are changed.</summary>
    public bool IsWritten => Use is TableUse.Insert or TableUse.Upsert or TableUse.Update or TableUse.Delete or TableUse.Whole;

    /// <summary>
    /// Conditions that every row meets that is read or changed, as far as they are told by AND of equalities at the top of WHERE.
    /// Empty: any row may be meant.
    /// </summary>
    public IReadOnlyList<ColumnValues> Where { get; internal set; } = [];

    /// <summary>
    /// Update, delete and locking read: the names in the condition that decides which rows are taken, of columns or of anything else; empty if there is no condition. Null: they cannot
    /// be told, because more than this table's columns decides (other tables, functions, LIMIT).
    /// </summary>
    public IReadOnlyList<string>? Looks { get; internal set; }

    /// <summary>Insert: the columns named; null if the text names none and so means all in the table's order.</summary>
    public IReadOnlyList<string>? Columns { get; internal set; }

    /// <summary>Insert: the rows of VALUES; null if they cannot be told (INSERT ... SELECT, too many, COPY).</summary>
    public IReadOnlyList<IReadOnlyList<SqlValue>>? Rows { get; internal set; }

    /// <summary>Update and upsert: the columns that are set beside the rows, with the value if it is plain; null if they cannot be told.</summary>
    public IReadOnlyList<ColumnValues>? Set { get; internal set; }

    /// <summary>
    /// Update: what RETURNING gives, null where that is not simply a column of the table; <c>*</c> where it is all of them. Empty if it gives nothing.
    /// </summary>
    public IReadOnlyList<string?> Returning { get; internal set; } = [];

    /// <summary>Upsert: the columns of ON CONFLICT (...); null if the text names none.</summary>
    public IReadOnlyList<string>? ConflictColumns { get; internal set; }

    /// <summary>Insert: a row that is there already is left alone (ON CONFLICT DO NOTHING, INSERT IGNORE).</summary>
    public bool IgnoresConflicts { get; internal set; }

    /// <summary>Upsert: a row that is there already is deleted first (REPLACE).</summary>
    public bool Replaces { get; internal set; }

    /// <summary>PostgreSQL: FOR KEY SHARE or FOR NO KEY UPDATE, which conflict with less.</summary>
    public bool LeavesKey { get; internal set; }

    /// <summary>The name by which the rest of the statement calls it.</summary>
    public string Alias { get; init; } = "";

    /// <summary>The same use of a table behind a view: which rows and columns of it are meant is not told.</summary>
    public TableAccess Behind(string schema, string name) => new() { Schema = schema, Name = name, Use = Use, Replaces = Replaces };
}
