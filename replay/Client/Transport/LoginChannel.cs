using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Replay.Client.Transport;

/// <summary>The connection while it logs in: exact reads, whole writes, the step up to TLS. Not a hot path.</summary>
public sealed class LoginChannel
{
    private readonly Socket _socket;
    private readonly TargetUrl _url;
    private SslStream? _tls;

    internal LoginChannel(Socket socket, TargetUrl url)
    {
        _socket = socket;
        _url = url;
    }

    /// <summary>Whether TLS is on.</summary>
    public bool IsEncrypted => _tls is not null;

    /// <summary>The server's certificate once TLS is on, for channel binding.</summary>
    public X509Certificate? ServerCertificate => _tls?.RemoteCertificate;

    /// <summary>The URL's wish.</summary>
    public SslMode SslMode => _url.SslMode;

    /// <summary>Fills <paramref name="into"/>; a <see cref="TargetUnreachableException"/> if the connection ends before.</summary>
    public async ValueTask ReadExactlyAsync(Memory<byte> into, CancellationToken cancellation)
    {
        try
        {
            while (!into.IsEmpty)
            {
                var read = _tls is null ? await _socket.ReceiveAsync(into, SocketFlags.None, cancellation) : await _tls.ReadAsync(into, cancellation);
                if (read == 0)
                {
                    throw new TargetUnreachableException($"{_url.Host}:{_url.Port} closed the connection before the login was done");
                }

                into = into[read..];
            }
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new TargetUnreachableException($"{_url.Host}:{_url.Port} broke the connection before the login was done: {e.Message}", e);
        }
    }

    /// <summary>Writes all of <paramref name="bytes"/>.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            if (_tls is not null)
            {
                await _tls.WriteAsync(bytes, cancellation);
                return;
            }

            while (!bytes.IsEmpty)
            {
                bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, cancellation)..];
            }
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new TargetUnreachableException($"{_url.Host}:{_url.Port} broke the connection before the login was done: {e.Message}", e);
        }
    }

    /// <summary>Negotiates TLS from here on and checks the certificate as far as <see cref="SslMode"/> says.</summary>
    public async ValueTask UpgradeToTlsAsync(CancellationToken cancellation)
    {
        var stream = new SslStream(new NetworkStream(_socket, ownsSocket: false), leaveInnerStreamOpen: false);
        var trust = new CertificateTrust(_url);
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = _url.Host,
                    RemoteCertificateValidationCallback = trust.Accepts,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                },
                cancellation);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await stream.DisposeAsync();
            throw new TargetTlsException(trust.Problem ?? $"TLS with {_url.Host}:{_url.Port} failed: {e.Message}", e);
        }

        _tls = stream;
    }

    internal TargetTransport ToTransport() => _tls is null ? new SocketTransport(_socket) : new TlsTransport(_tls, _socket);
}
