using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Replay.Client.MySql;
using Replay.Client.PostgreSql;
using Replay.Client.Transport;
using Replay.Protocol;
using Replay.Workload;

namespace Replay.Client;

/// <summary>
/// One connection to the target: sends recorded requests as they were on the wire and hands out the exchanges that come of them, decoded by the
/// same <see cref="Conversation"/> as captured ones.
/// </summary>
/// <remarks>
/// <para>Sending never waits and may be done by any thread, one at a time. Timestamps are taken on the thread that receives, right after the
/// system call, so no scheduler stands between the response and its time. Receivers are called with no lock held.</para>
/// <para>Nothing is allocated per exchange once buffers have grown to the traffic's size.</para>
/// </remarks>
public abstract partial class TargetConnection : IConversationSink, IAsyncDisposable
{
    private const int ReceiveBytes = 16 << 10;
    private const int LargeReceiveBytes = 256 << 10;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ending = new();
    private TargetTransport? _transport;
    private IExchangeReceiver? _receiver;
    private Task _receiving = Task.CompletedTask;
    private (string Code, string Message)? _untoldEnd;
    private string? _abortReason;
    private bool _closed;

    /// <summary>The client's own end; null before <see cref="OpenAsync"/>.</summary>
    public IPEndPoint? LocalEndPoint { get; private set; }

    /// <summary>The server's end; null before <see cref="OpenAsync"/>.</summary>
    public IPEndPoint? RemoteEndPoint { get; private set; }

    /// <summary>What the session is known to be: user, server version and parameters, connection id.</summary>
    public SessionFacts Facts => Conversation.Facts;

    /// <summary>The server's own words about its version.</summary>
    public string ServerVersion => Facts.ServerVersion ?? "";

    /// <summary>Bytes taken for sending that the socket has not taken yet; the owner waits when it grows.</summary>
    public long UnsentBytes => (_transport?.UnsentBytes ?? 0) + HeldBytes;

    /// <summary>Whether the connection is open and has not ended.</summary>
    public bool IsOpen => _transport is not null && !Volatile.Read(ref _closed);

    /// <summary>What of the captured session's protocol the target does not have, each in a line; empty if it has all of it.</summary>
    public virtual IReadOnlyList<string> Differences => [];

    /// <summary>Requests whose layout was changed because of <see cref="Differences"/>; mapped ids do not count.</summary>
    public virtual long ReencodedRequests => 0;

    /// <summary>Why the connection goes without TLS although the server offers it (sslmode=prefer); null if it does not.</summary>
    public string? TlsProblem { get; private set; }

    /// <summary>Whether a request may name the statement that a prepare still on the way will give (MariaDB's -1).</summary>
    public virtual bool KnowsLastStatement => false;

    /// <summary>Executions into which the types of their parameters were put, because the one that had told them was not replayed.</summary>
    public virtual long TypesTold => 0;

    /// <summary>Whatever the owner wants to find again in its receiver.</summary>
    public object? Owner { get; set; }

    /// <summary>The codec; set by <see cref="LoginAsync"/>.</summary>
    protected Conversation Conversation { get; private set; } = null!;

    /// <summary>A closed connection for the URL's engine.</summary>
    public static TargetConnection Create(TargetUrl url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return url.Engine switch
        {
            Engine.MySql => new MySqlTargetConnection(),
            Engine.PostgreSql => new PostgresTargetConnection(),
            _ => throw new TargetProtocolException($"there is no client for {url.Engine}"),
        };
    }

    /// <summary>Connects and logs in; a <see cref="TargetException"/> of one line if it cannot.</summary>
    public async ValueTask OpenAsync(ConnectionOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.Timeout);
        try
        {
            await ConnectAsync(options, limit.Token);
        }
        catch (TargetException e) when (options.Url.SslMode == SslMode.Prefer && IsRefusalOfTls(e))
        {
            try
            {
                await ConnectAsync(options with { Url = options.Url with { SslMode = SslMode.Disable } }, limit.Token);
                TlsProblem = e.Message;
            }
            catch (TargetLoginException) when (e is TargetLoginException)
            {
                // It lets this user in neither way: what it said first is what the user asked for.
                throw e;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TargetUnreachableException($"{options.Url.Host}:{options.Url.Port} did not complete the login within {options.Timeout.TotalSeconds:0} s");
        }

        _receiving = ReceiveAllAsync(_transport!);
    }

    /// <summary>Names who takes the outcomes; before the first <see cref="TrySend"/>.</summary>
    public void Start(IExchangeReceiver receiver)
    {
        (string Code, string Message)? ended;
        lock (_gate)
        {
            _receiver = receiver;
            ended = _untoldEnd;
        }

        if (ended is var (code, message))
        {
            receiver.OnClosed(this, code, message);
        }
    }

    /// <summary>
    /// Sends a recorded request; its bytes may be reused when this returns. Data that the server has to ask for (COPY, LOCAL INFILE) is held back
    /// until it does, and dropped if it answers otherwise. False, with a problem in one line, if nothing was sent: then no call comes for the tag.
    /// </summary>
    public bool TrySend(in RecordedRequest request, long tag, out string? problem)
    {
        lock (_gate)
        {
            if (!IsOpen)
            {
                problem = "the connection is closed";
                return false;
            }

            if (!TryQueue(request, tag, out problem))
            {
                return false;
            }
        }

        Deliver();
        return true;
    }

    /// <summary>Sends a text query of the replayer's own among the recorded requests; its exchange comes as theirs do. False if the connection is over.</summary>
    public bool TrySendText(string sql, long tag)
    {
        ArgumentNullException.ThrowIfNull(sql);
        lock (_gate)
        {
            if (!IsOpen)
            {
                return false;
            }

            QueueText(sql, tag);
        }

        Deliver();
        return true;
    }

    /// <summary>
    /// Gives the connection to another session of the same kind: the server forgets all that it was given since its login, and MySQL's takes on the database and attributes of
    /// <paramref name="options"/>; user and collation have to be those of the login. Its exchange comes as the others do. Nothing may be outstanding, and no transaction open. False if the connection is over.
    /// </summary>
    public bool TrySendReset(ConnectionOptions options, long tag)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (_gate)
        {
            if (!IsOpen)
            {
                return false;
            }

            _encoded.Reset(KeepEncodedBytes);
            var command = EncodeReset(options, _encoded);
            Queue(command, _encoded.Written, tag);
        }

        Deliver();
        return true;
    }

    /// <summary>
    /// Runs a text query for the replayer's own needs, untimed, when nothing else is outstanding. It counts in the session's ordinals as any
    /// other. A lost connection is a <see cref="TargetException"/>; the server's error is in the result.
    /// </summary>
    public async ValueTask<QueryResult> QueryAsync(string sql, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sql);
        var query = new OwnQuery(NewQueryReader());
        lock (_gate)
        {
            if (!IsOpen)
            {
                throw new TargetException(TargetErrorCodes.ConnectionLost, "the connection is closed");
            }

            QueueOwn(sql, query);
        }

        Deliver();
        return await query.Completion.Task.WaitAsync(cancellation);
    }

    /// <summary>Ends the connection from any thread (a timeout); the receiver's <c>OnClosed</c> tells <paramref name="reason"/>.</summary>
    public void Abort(string reason)
    {
        Interlocked.CompareExchange(ref _abortReason, reason, null);
        _transport?.Abort();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Abort("disposed");
        await _ending.CancelAsync();
        await _receiving;
        if (_transport is not null)
        {
            await _transport.DisposeAsync();
            _transport = null;
        }

        _ending.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public void OnFacts(Conversation conversation)
    {
        // Facts are read where they are needed.
    }

    /// <inheritdoc/>
    public void OnFault(Conversation conversation, ProtocolFault fault, bool isRequest, long atMicroseconds) =>
        Abort($"the target's bytes cannot be understood: {fault}");

    /// <summary>Logs in; returns the conversation that goes on from there, made by this connection as its sink.</summary>
    protected abstract ValueTask<Conversation> LoginAsync(LoginChannel channel, ConnectionOptions options, CancellationToken cancellation);

    /// <summary>
    /// Whether the server would not speak TLS although it offers it, or not let this user in by it: another attempt without may do. libpq's sslmode=prefer
    /// does so for both; old servers offer versions of TLS that are not spoken any more.
    /// </summary>
    protected virtual bool IsRefusalOfTls(TargetException problem) => problem is TargetTlsException;

    private async ValueTask ConnectAsync(ConnectionOptions options, CancellationToken cancellation)
    {
        var url = options.Url;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(url.Host, url.Port, cancellation);
            LocalEndPoint = (IPEndPoint?)socket.LocalEndPoint;
            RemoteEndPoint = (IPEndPoint?)socket.RemoteEndPoint;
            var channel = new LoginChannel(socket, url);
            Conversation = await LoginAsync(channel, options, cancellation);
            _transport = channel.ToTransport();
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new TargetUnreachableException($"{url.Host}:{url.Port} cannot be reached: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task ReceiveAllAsync(TargetTransport transport)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReceiveBytes);
        var message = "the server closed the connection";
        try
        {
            while (true)
            {
                var received = await transport.ReceiveAsync(buffer, _ending.Token);
                var at = UnixClock.NowMicroseconds;
                if (received == 0)
                {
                    break;
                }

                OnReceived(buffer.AsSpan(0, received), at);
                if (received == buffer.Length && buffer.Length < LargeReceiveBytes)
                {
                    // A large result: fewer system calls for the rest of this connection's life.
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(LargeReceiveBytes);
                }
            }
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            message = e.Message;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        OnEnded(_abortReason is null ? TargetErrorCodes.ConnectionLost : TargetErrorCodes.Aborted, _abortReason ?? message);
    }

    private void OnReceived(ReadOnlySpan<byte> bytes, long at)
    {
        lock (_gate)
        {
            _tap?.Read(bytes);
            Conversation.Response(bytes, at);
            SendHeld();
        }

        Deliver();
    }
}
