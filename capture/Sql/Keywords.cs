using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Replay.Sql;

/// <summary>Finds <see cref="Keyword"/>s by an open hash table over the word's length and 24 bytes; built once.</summary>
internal static class Keywords
{
    /// <summary>Whether an expression or a group follows, so that a sign is unary and a parenthesis is set off.</summary>
    public static bool LeadsExpression(Keyword keyword) => keyword is Keyword.Expression or Keyword.Select or Keyword.Values or Keyword.By or Keyword.In
        or Keyword.Not or Keyword.Limit or Keyword.Returning or Keyword.From or Keyword.To or Keyword.For or Keyword.All;

    /// <summary>The bytes that must be readable after a word's start.</summary>
    public const int Padding = MaxLength;

    private const int MaxLength = 24;
    private const int Slots = 1024;

    private static readonly Dictionary<Keyword, string> Words = new()
    {
        [Keyword.Expression] = "where and or when then else case between like ilike having on using distinct any some exists union intersect except as over "
            + "filter within div mod xor regexp rlike offset is cast interval default join elseif until while return partition",
        [Keyword.Select] = "select",
        [Keyword.Values] = "values",
        [Keyword.Table] = "table",
        [Keyword.With] = "with",
        [Keyword.Insert] = "insert",
        [Keyword.Update] = "update",
        [Keyword.Delete] = "delete",
        [Keyword.Merge] = "merge",
        [Keyword.Replace] = "replace",
        [Keyword.Create] = "create",
        [Keyword.Alter] = "alter",
        [Keyword.Drop] = "drop",
        [Keyword.Grant] = "grant",
        [Keyword.OtherDdl] = "truncate rename comment revoke reindex cluster refresh security import reassign",
        [Keyword.Begin] = "begin",
        [Keyword.Start] = "start",
        [Keyword.Rollback] = "rollback abort",
        [Keyword.Savepoint] = "savepoint",
        [Keyword.Release] = "release",
        [Keyword.OtherTransaction] = "end xa",
        [Keyword.Commit] = "commit",
        [Keyword.Set] = "set",
        [Keyword.Use] = "use",
        [Keyword.Prepare] = "prepare",
        [Keyword.Deallocate] = "deallocate",
        [Keyword.OtherSession] = "reset discard listen unlisten",
        [Keyword.Copy] = "copy",
        [Keyword.Load] = "load",
        [Keyword.Call] = "call",
        [Keyword.Do] = "do",
        [Keyword.Execute] = "execute",
        [Keyword.Declare] = "declare",
        [Keyword.Fetch] = "fetch",
        [Keyword.Move] = "move",
        [Keyword.Close] = "close",
        [Keyword.Change] = "change",
        [Keyword.OtherUtility] = "show explain describe desc analyze analyse vacuum checkpoint kill flush optimize check repair cache help checksum purge "
            + "install uninstall shutdown stop binlog notify unlock handler signal resignal get restart clone",
        [Keyword.Transaction] = "transaction",
        [Keyword.Work] = "work",
        [Keyword.To] = "to",
        [Keyword.From] = "from",
        [Keyword.All] = "all",
        [Keyword.Into] = "into",
        [Keyword.For] = "for",
        [Keyword.Share] = "share",
        [Keyword.Key] = "key",
        [Keyword.No] = "no",
        [Keyword.Lock] = "lock",
        [Keyword.In] = "in",
        [Keyword.Mode] = "mode",
        [Keyword.Skip] = "skip",
        [Keyword.Locked] = "locked",
        [Keyword.NoWait] = "nowait",
        [Keyword.Order] = "order",
        [Keyword.By] = "by",
        [Keyword.Limit] = "limit",
        [Keyword.Returning] = "returning",
        [Keyword.Current] = "current",
        [Keyword.Of] = "of",
        [Keyword.First] = "first",
        [Keyword.Next] = "next",
        [Keyword.Not] = "not",
        [Keyword.Atomic] = "atomic",
        [Keyword.Body] = "procedure function trigger event package",
        [Keyword.Secret] = "password identified master_password source_password connection primary_conninfo",
        [Keyword.SecretObject] = "user role group server subscription system",
        [Keyword.OutFile] = "outfile dumpfile",
        [Keyword.ClockWord] = "current_timestamp current_date current_time localtime localtimestamp",
        [Keyword.Clock] = "now sysdate curdate curtime utc_timestamp utc_date utc_time unix_timestamp clock_timestamp statement_timestamp "
            + "transaction_timestamp timeofday age",
        [Keyword.Chance] = "random rand random_normal uuid gen_random_uuid uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuidv4 uuidv7 uuid_v4 uuid_v7 "
            + "sys_guid random_bytes gen_random_bytes",
        [Keyword.Sequence] = "nextval currval lastval setval last_insert_id uuid_short",
        [Keyword.ServerState] = "version pg_backend_pid connection_id txid_current txid_current_if_assigned txid_current_snapshot pg_current_xact_id "
            + "pg_current_snapshot pg_current_wal_lsn pg_last_wal_replay_lsn inet_client_port inet_client_addr inet_server_addr inet_server_port found_rows row_count "
            + "pg_postmaster_start_time pg_export_snapshot pg_relation_size pg_database_size pg_total_relation_size is_used_lock is_free_lock",
        [Keyword.LockOrSleep] = "sleep pg_sleep pg_sleep_for pg_sleep_until benchmark get_lock release_lock release_all_locks pg_advisory_lock pg_advisory_xact_lock "
            + "pg_advisory_unlock pg_advisory_unlock_all pg_try_advisory_lock pg_advisory_lock_shared",
    };

    // bit n of the entry for a first letter: some keyword of length n begins so
    private static readonly uint[] Lengths = new uint[256];
    private static readonly Entry[] Table = Build();

    /// <summary>The keyword that <paramref name="length"/> lower-case bytes at the start of <paramref name="word"/> are.</summary>
    public static Keyword Find(ReadOnlySpan<byte> word, int length)
    {
        if (length > MaxLength || (Lengths[word[0]] >> length & 1) == 0)
        {
            return Keyword.None;
        }

        var (a, b, c) = Parts(word, length);
        for (var slot = Slot(a, b, c, length); ; slot = (slot + 1) & (Slots - 1))
        {
            ref readonly var entry = ref Table[slot];
            if (entry.Keyword == Keyword.None || (entry.A == a && entry.B == b && entry.C == c))
            {
                return entry.Keyword;
            }
        }
    }

    private static (ulong A, ulong B, ulong C) Parts(ReadOnlySpan<byte> word, int length) =>
        (Part(word, length), length > 8 ? Part(word[8..], length - 8) : 0, length > 16 ? Part(word[16..], length - 16) : 0);

    private static ulong Part(ReadOnlySpan<byte> bytes, int length)
    {
        var value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return length >= 8 ? value : value & ((1UL << (8 * length)) - 1);
    }

    private static int Slot(ulong a, ulong b, ulong c, int length) =>
        (int)(((a ^ BitOperations.RotateLeft(b, 21) ^ BitOperations.RotateLeft(c, 43)) + (ulong)length) * 0x9E3779B97F4A7C15 >> 54);

    private static Entry[] Build()
    {
        var table = new Entry[Slots];
        Span<byte> padded = stackalloc byte[MaxLength + 8];
        foreach (var (keyword, words) in Words)
        {
            foreach (var word in words.Split(' '))
            {
                padded.Clear();
                var length = Encoding.ASCII.GetBytes(word, padded);
                if (length > MaxLength)
                {
                    throw new InvalidOperationException($"keyword too long: {word}");
                }

                Lengths[padded[0]] |= 1u << length;
                var (a, b, c) = Parts(padded, length);
                var slot = Slot(a, b, c, length);
                while (table[slot].Keyword != Keyword.None)
                {
                    slot = (slot + 1) & (Slots - 1);
                }

                table[slot] = new Entry(a, b, c, keyword);
            }
        }

        return table;
    }

    private readonly record struct Entry(ulong A, ulong B, ulong C, Keyword Keyword);
}
