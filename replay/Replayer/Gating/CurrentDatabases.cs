using System.Text;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>MySQL: which database each session is in, which USE and COM_INIT_DB change.</summary>
public sealed class CurrentDatabases
{
    private const int CommandBytes = 5; // the packet's header and the command
    private readonly Dictionary<int, string> _changed = [];

    /// <summary>The database in which the session's next statement runs; empty if it has none.</summary>
    public string Of(Session session) => _changed.TryGetValue(session.Number, out var name) ? name : session.Database ?? "";

    /// <summary>Takes note of what an exchange changes.</summary>
    public void Follow(in Exchange exchange)
    {
        if (exchange.Failed)
        {
            return;
        }

        if (exchange.Command == Command.MySqlInitDb && exchange.Request.Length > CommandBytes)
        {
            _changed[exchange.Session] = Encoding.UTF8.GetString(exchange.Request[CommandBytes..]);
        }
        else if (exchange.Command == Command.MySqlQuery && exchange.Text.Length > 4 && Ascii.EqualsIgnoreCase(exchange.Text[..3], "use"u8) && exchange.Text[3] <= ' ')
        {
            _changed[exchange.Session] = Encoding.UTF8.GetString(exchange.Text[4..]).Trim().TrimEnd(';').Trim().Trim('`');
        }
    }

    /// <summary>The session has ended.</summary>
    public void Forget(int session) => _changed.Remove(session);
}
