namespace Replay.Replayer;

/// <summary>A transaction of logical decoding.</summary>
/// <param name="number">Its place in the order of commits, from 1.</param>
/// <param name="committedAt">When, microseconds since 1970 by the server's clock.</param>
/// <param name="tables">Tables whose rows it wrote, and how many; -1 stands for one that the catalogue has not.</param>
/// <param name="facts">What it did, as <see cref="WrittenFact"/>, sorted; null: too much for it to be kept.</param>
internal sealed class DecodedTransaction(long number, long committedAt, WrittenTable[] tables, ulong[]? facts)
{
    /// <summary>Stands for a table that the catalogue has not.</summary>
    public const int UnknownTable = -1;

    /// <summary>Its place in the order of commits.</summary>
    public long Number => number;

    /// <summary>When it was committed.</summary>
    public long CommittedAt => committedAt;

    /// <summary>Whether it can be what the statements wrote.</summary>
    public bool CanBe(WrittenRows written)
    {
        var told = 0;
        foreach (var wrote in tables)
        {
            var at = written.Tables.FindIndex(t => t.Table == wrote.Table);
            if (at < 0)
            {
                if (!written.Anything)
                {
                    return false;
                }
            }
            else if (wrote.IsExact && (wrote.Rows < written.Tables[at].Rows || (written.Tables[at].IsExact && wrote.Rows != written.Tables[at].Rows)))
            {
                return false;
            }
            else
            {
                told += written.Tables[at].Rows > 0 ? 1 : 0;
            }
        }

        foreach (var table in written.Tables)
        {
            told -= table.Rows > 0 ? 1 : 0;
        }

        return told == 0 && (facts is null || written.Needs.TrueForAll(n => Has(n.Fact) || Has(n.Or)));
    }

    private bool Has(ulong fact) => Array.BinarySearch(facts!, fact) >= 0;
}
