using Replay.Client;

namespace Replay.Replayer;

/// <summary>A connection to each server, prepared as a captured session was, on which nothing can be changed and nothing takes longer than a limit.</summary>
public sealed class ConfirmPair : IAsyncDisposable
{
    private readonly ConfirmLink _baseline;
    private readonly ConfirmLink _candidate;

    private ConfirmPair(ConfirmLink baseline, ConfirmLink candidate) => (_baseline, _candidate) = (baseline, candidate);

    /// <summary>Opens and prepares both; a <see cref="TargetException"/> that names the side if one refuses, a <see cref="TargetUnreachableException"/> if a server is away.</summary>
    public static async Task<ConfirmPair> OpenAsync(ILinkOpener baseline, ILinkOpener candidate, ExemplarContext context, TimeSpan limit, CancellationToken cancellation)
    {
        var old = await OpenAsync(baseline, context, limit, "the old server", cancellation);
        try
        {
            return new ConfirmPair(old, await OpenAsync(candidate, context, limit, "the new server", cancellation));
        }
        catch
        {
            await old.DisposeAsync();
            throw;
        }
    }

    /// <summary>Executes on one side.</summary>
    public Task<ConfirmAnswer> ExecuteAsync(RecordedMessage request, bool onCandidate, CancellationToken cancellation) =>
        (onCandidate ? _candidate : _baseline).SendAsync(request, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _baseline.DisposeAsync();
        await _candidate.DisposeAsync();
    }

    private static async Task<ConfirmLink> OpenAsync(ILinkOpener opener, ExemplarContext context, TimeSpan limit, string side, CancellationToken cancellation)
    {
        try
        {
            var link = await ConfirmLink.OpenAsync(opener, context.Session, cancellation);
            try
            {
                await ConfirmSession.PrepareAsync(link, context, cancellation);
                await ConfirmSession.GuardAsync(link, context.Session.Engine, limit, cancellation);
                return link;
            }
            catch
            {
                await link.DisposeAsync();
                throw;
            }
        }
        catch (TargetException e) when (e is not TargetUnreachableException)
        {
            throw new TargetException(e.Code, $"{side}: {e.Message}");
        }
    }
}
