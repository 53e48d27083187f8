using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>How the texts of one MySQL session are cut into tokens, told by its exchanges.</summary>
internal sealed class SessionLexer(ServerSqlMode server)
{
    private readonly SessionSqlMode _mode = new(server);

    /// <summary>What holds for the text of an exchange; null if that is not known and would matter.</summary>
    public LexerOptions? Of(in Exchange exchange) => exchange.Command is Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute
        ? _mode.OfPrepared(exchange.StatementHandle, exchange.Text)
        : _mode.OfText(exchange.Text);

    /// <summary>Takes note of what an exchange changes.</summary>
    public void Follow(in Exchange exchange)
    {
        switch (exchange.Command)
        {
            case Command.MySqlQuery or Command.MySqlStatementExecute:
                _mode.Run(exchange.Text, exchange.Failed);
                break;
            case Command.MySqlStatementPrepare when !exchange.Failed:
                _mode.Prepare(exchange.StatementHandle);
                break;
            case Command.MySqlStatementClose:
                _mode.Close(exchange.StatementHandle);
                break;
            case Command.MySqlResetConnection or Command.MySqlChangeUser when !exchange.Failed:
                _mode.Reset();
                break;
        }
    }
}
