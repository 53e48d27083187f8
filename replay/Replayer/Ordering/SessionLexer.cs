using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>How the texts of one MySQL session are cut into tokens, as its <c>sql_mode</c> changes. A prepared text keeps what held when it was prepared.</summary>
internal sealed class SessionLexer(ServerSqlMode server)
{
    private readonly SqlMode _mode = new(server);
    private readonly Dictionary<long, LexerOptions?> _prepared = []; // those that are not None; the server bounds how many are open

    /// <summary>What holds for the text of an exchange; null if that is not known and would matter.</summary>
    public LexerOptions? Of(in Exchange exchange)
    {
        var options = exchange.Command is Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute
            ? _prepared.GetValueOrDefault(exchange.StatementHandle, LexerOptions.None)
            : exchange.Text.Contains((byte)';') && SqlMode.IsNamedIn(exchange.Text) ? null : _mode.Options;
        return options is null && SqlMode.IsSameInAll(exchange.Text) ? LexerOptions.None : options;
    }

    /// <summary>Takes note of what an exchange changes.</summary>
    public void Follow(in Exchange exchange)
    {
        switch (exchange.Command)
        {
            case Command.MySqlQuery or Command.MySqlStatementExecute when SqlMode.IsNamedIn(exchange.Text):
                _mode.Follow(exchange.Text, exchange.Failed);
                break;
            case Command.MySqlStatementPrepare when !exchange.Failed && _mode.Options != LexerOptions.None:
                _prepared[exchange.StatementHandle] = _mode.Options;
                break;
            case Command.MySqlStatementClose:
                _prepared.Remove(exchange.StatementHandle);
                break;
            case Command.MySqlResetConnection or Command.MySqlChangeUser when !exchange.Failed:
                _mode.Reset();
                _prepared.Clear();
                break;
        }
    }
}
