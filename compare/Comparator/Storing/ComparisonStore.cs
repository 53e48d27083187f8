using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Replay.Comparator;

/// <summary>Stores a comparison in PostgreSQL: all of it in one transaction, or nothing.</summary>
internal static class ComparisonStore
{
    /// <summary>Rows of single exchanges that <see cref="Store"/> writes.</summary>
    public static long Rows(ComparisonInput input) => input.Count * (1 + input.Runs.Count);

    /// <summary>
    /// Stores it in the place of what was stored of it before: the same runs on the same sides are the same comparison, and so are a workload's and a run's exchanges. Makes the schema where there is none.
    /// What keeps it from that is a <see cref="ComparisonException"/>.
    /// </summary>
    /// <param name="url">The database.</param>
    /// <param name="comparison">What to store.</param>
    /// <param name="input">What it was made from.</param>
    /// <param name="withExchanges">Whether single exchanges are stored too; if not, those stored before stay.</param>
    /// <param name="progress">Called with the number of exchanges' rows done.</param>
    /// <param name="cancellation">Ends it early; then nothing is stored.</param>
    public static void Store(StoreUrl url, Comparison comparison, ComparisonInput input, bool withExchanges, Action<long>? progress, CancellationToken cancellation)
    {
        try
        {
            using var connection = new NpgsqlConnection(url.ConnectionString());
            connection.OpenAsync(cancellation).GetAwaiter().GetResult();
            using var transaction = connection.BeginTransaction();
            StoreSchema.Prepare(connection, url.Schema, comparison.ToolVersion);
            StoreVerdicts(connection, comparison);
            if (withExchanges)
            {
                new ExchangeCopier(connection, input, progress, cancellation).Copy();
            }

            transaction.Commit();
        }
        catch (Exception exception) when (exception is NpgsqlException or SocketException or AuthenticationException or TimeoutException)
        {
            throw new ComparisonException($"nothing was stored in {url}: {Reason(exception, url)}");
        }
    }

    /// <summary>The comparison's id: a UUID of version 8 made from the ids of its runs, in whatever order either side's are given.</summary>
    public static Guid IdOf(Comparison comparison)
    {
        string Side(bool isCandidate) => string.Join(' ', comparison.Side(isCandidate).Select(run => run.Manifest.Id.ToString()).Order(StringComparer.Ordinal));
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes($"{Side(isCandidate: false)} against {Side(isCandidate: true)}")).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }

    private static void StoreVerdicts(NpgsqlConnection connection, Comparison comparison)
    {
        var id = IdOf(comparison);
        var shapes = comparison.Shapes.Concat(comparison.NotCompared).ToArray();
        using (var delete = new NpgsqlCommand("DELETE FROM comparisons WHERE comparison = $1", connection) { Parameters = { new() { Value = id } } })
        {
            delete.ExecuteNonQuery();
        }

        StoreTables.Workloads.Store(connection, [comparison]);
        StoreTables.Runs.Store(connection, comparison.Runs);
        StoreTables.Shapes.Store(connection, shapes);
        StoreTables.Comparisons(id).Store(connection, [comparison]);
        StoreTables.ComparisonRuns(id).Store(connection, comparison.Runs);
        StoreTables.ShapeVerdicts(id).Store(connection, shapes);
        StoreTables.Errors(id, comparison).Store(connection, comparison.Errors);
        StoreTables.Objectives(id).Store(connection, comparison.Objectives);
    }

    private static string Reason(Exception exception, StoreUrl url) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } refused => $"{refused.MessageText}; let the user own the schema {url.Schema}, or grant him CREATE and TEMPORARY on the database",
        PostgresException refused => refused.MessageText,
        { InnerException: { } inner } => $"{exception.Message} ({inner.Message})",
        _ => exception.Message,
    };
}
