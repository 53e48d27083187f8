using Replay.Client.Transport;
using Replay.Protocol;
using Replay.Protocol.Buffers;
using Replay.Protocol.PostgreSql;
using Replay.Workload;

namespace Replay.Client.PostgreSql;

/// <summary>A connection to a PostgreSQL server. <see href="https://www.postgresql.org/docs/current/protocol-flow.html"/></summary>
public sealed class PostgresTargetConnection : TargetConnection
{
    private PostgresConversation _conversation = null!;
    private OidMap _oids = OidMap.None;

    /// <inheritdoc/>
    protected override bool WantsData => _conversation.WantsCopyData;

    /// <inheritdoc/>
    protected override async ValueTask<Conversation> LoginAsync(LoginChannel channel, ConnectionOptions options, CancellationToken cancellation)
    {
        _oids = options.Oids ?? OidMap.None;
        _conversation = PostgresConversation.AfterLogin(this, ConversationLimits.ForReplay);
        var login = new PostgresLogin(channel, options, _conversation.Facts);
        await login.RunAsync(cancellation);
        return _conversation;
    }

    /// <summary>As for any; and pg_hba.conf may have an entry for connections without TLS only (28000).</summary>
    protected override bool IsRefusalOfTls(TargetException problem) => base.IsRefusalOfTls(problem) || problem is TargetLoginException { Code: "28000" };

    /// <inheritdoc/>
    protected override bool TryEncode(in RecordedRequest request, ByteStore encoded, out string? problem)
    {
        problem = null;
        return _oids.IsEmpty || OidRewriter.TryRewrite(request, _oids, encoded, out problem);
    }

    /// <inheritdoc/>
    protected override int NextPiece(Command command, ReadOnlySpan<byte> bytes, bool isData) => CopySplit.NextPiece(bytes, isData);

    /// <inheritdoc/>
    protected override void BeginRequest(Command command) => _conversation.BeginRequest(command);

    /// <inheritdoc/>
    protected override void EndRequest() => _conversation.EndRequest();

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> RefusalOfData => CopySplit.Refusal(_conversation.CopyInCommand);

    /// <inheritdoc/>
    protected override Command EncodeQuery(string sql, ByteStore into)
    {
        var message = new FrontendWriter(into);
        message.Begin(FrontendMessages.Query);
        message.WriteText(sql);
        message.End();
        return Command.Query;
    }

    /// <summary>DISCARD ALL; what the session was started with stays.</summary>
    protected override Command EncodeReset(ConnectionOptions options, ByteStore into) => EncodeQuery("DISCARD ALL", into);

    /// <inheritdoc/>
    protected override IQueryReader NewQueryReader() => new PostgresQueryReader();
}
