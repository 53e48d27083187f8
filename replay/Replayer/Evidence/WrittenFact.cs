using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>
/// What a transaction did, in hashes that the wire's statements and the server's log have in common: rows by their keys (as <see cref="OrderAccess.Key"/>), values that columns were given, and
/// by how much counters moved. Where one of them cannot be told, there is one that says so.
/// </summary>
internal static class WrittenFact
{
    private const ulong Values = 0x56414C, Steps = 0x535445, Unknown = 0x554E4B;

    /// <summary>A row of the table by a key that is not known.</summary>
    public static ulong UnknownRow(int table) => KeyForm.Mix(Unknown, (ulong)table);

    /// <summary>A column of some row was given a value, by its hash.</summary>
    public static ulong Value(int table, int column, ulong hash) => KeyForm.Mix(Column(Values, table, column), hash);

    /// <summary>A column of some row was given a value that is not known.</summary>
    public static ulong UnknownValue(int table, int column) => KeyForm.Mix(Unknown, Column(Values, table, column));

    /// <summary>A column of some row has so much more than before.</summary>
    public static ulong Step(int table, int column, long by) => KeyForm.Mix(Column(Steps, table, column), (ulong)by);

    /// <summary>A column of some row may have more or less than before; how much is not known.</summary>
    public static ulong UnknownStep(int table, int column) => KeyForm.Mix(Unknown, Column(Steps, table, column));

    private static ulong Column(ulong kind, int table, int column) => KeyForm.Mix(KeyForm.Mix(kind, (ulong)table), (ulong)column);
}

/// <summary>What must be true of a transaction of the log that is to be one of the wire.</summary>
/// <param name="Fact">It has this.</param>
/// <param name="Or">Or this.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WrittenNeed(ulong Fact, ulong Or);

/// <summary>Rows of a table that statements wrote.</summary>
/// <param name="Table">Its number.</param>
/// <param name="Rows">How many.</param>
/// <param name="IsExact">Whether it is so many, and not at least so many.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WrittenTable(int Table, long Rows, bool IsExact);

/// <summary>What statements of the wire wrote, as far as texts and answers tell.</summary>
internal sealed class WrittenRows
{
    /// <summary>The most that is asked of a transaction: that tells it from others.</summary>
    public const int MaxNeeds = 64;

    /// <summary>Whether it may have written anything.</summary>
    public bool Anything { get; set; }

    /// <summary>Whether it is in the log for certain once it is committed.</summary>
    public bool IsCertain { get; set; }

    /// <summary>Tables that it may have written.</summary>
    public List<WrittenTable> Tables { get; } = [];

    /// <summary>What is known of it.</summary>
    public List<WrittenNeed> Needs { get; } = [];

    /// <summary>Adds rows of a table.</summary>
    public void Add(int table, long rows, bool isExact)
    {
        var at = Tables.FindIndex(t => t.Table == table);
        if (at < 0)
        {
            Tables.Add(new WrittenTable(table, rows, isExact));
        }
        else
        {
            Tables[at] = new WrittenTable(table, Tables[at].Rows + rows, Tables[at].IsExact && isExact);
        }
    }

    /// <summary>Adds what is known, as far as there is room.</summary>
    public void Add(ulong fact, ulong or)
    {
        if (Needs.Count < MaxNeeds)
        {
            Needs.Add(new WrittenNeed(fact, or));
        }
    }

    /// <summary>Adds what followed in the same transaction.</summary>
    public void Append(WrittenRows next)
    {
        Anything |= next.Anything;
        IsCertain |= next.IsCertain;
        foreach (var table in next.Tables)
        {
            Add(table.Table, table.Rows, table.IsExact);
        }

        foreach (var need in next.Needs)
        {
            Add(need.Fact, need.Or);
        }
    }

    /// <summary>What was written until now may have been taken back.</summary>
    public void Doubt()
    {
        IsCertain = false;
        Needs.Clear();
        for (var i = 0; i < Tables.Count; i++)
        {
            Tables[i] = new WrittenTable(Tables[i].Table, 0, IsExact: false);
        }
    }
}
