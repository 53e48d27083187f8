using System.Globalization;
using Replay.Agent.Hosting;
using Replay.Workload;

namespace Replay.Agent.Recording;

/// <summary>
/// Says loudly, and in a live capture within its first 10 seconds, that most of what is captured is ciphertext, with what helps. Nothing of such
/// sessions can be replayed, and after 24 hours it is too late to learn that.
/// </summary>
internal sealed class CipherWatch(Reporter reporter, RecordedTotals totals, IReadOnlyList<ServerSpec> servers)
{
    private bool _hasWarned;

    /// <summary>Looks at what has come so far; true if it warned.</summary>
    public bool Look()
    {
        if (_hasWarned || totals.SessionsEncrypted == 0 || totals.CipherBytes <= totals.ClearBytes)
        {
            return false;
        }

        _hasWarned = true;
        reporter.Warn(Message());
        return true;
    }

    /// <summary>The one line for the manifest.</summary>
    public string Summary() => string.Create(CultureInfo.InvariantCulture, $"most of the traffic is encrypted: {totals.SessionsEncrypted} of {totals.Sessions} sessions, {100.0 * totals.CipherBytes / Math.Max(1, totals.CipherBytes + totals.ClearBytes):0} % of the bytes cannot be read");

    private string Message()
    {
        List<string> lines = [$"WARNING: {Summary()}. They will not be in the workload. What helps:"];
        if (servers.Any(server => server.Engine == Engine.PostgreSql))
        {
            lines.Add("  - PostgreSQL: on a trusted network, ssl = off and pg_reload_conf() for the time of the capture; connections must be opened anew (or clients with sslmode=disable)");
        }

        if (servers.Any(server => server.Engine == Engine.MySql))
        {
            lines.Add("  - MySQL: require_secure_transport = OFF and clients with ssl-mode=DISABLED; MariaDB: clients with --skip-ssl; or start the server without TLS (--skip-ssl, --tls-version='')");
        }

        lines.Add("  - capture where the traffic is in the clear: between a proxy or pooler that ends TLS (PgBouncer, HAProxy, ProxySQL, MaxScale) and the server");
        return string.Join(Environment.NewLine, lines);
    }
}
