using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Which exchanges a run of a selection would send, decided as the run does it, before there is one: what its marks take, a byte an exchange, lies with the system's temporary files meanwhile.</summary>
internal sealed class SentExchanges : IDisposable
{
    private readonly Selection _selection;
    private readonly DirectoryInfo _folder;

    private SentExchanges(Selection selection, DirectoryInfo folder) => (_selection, _folder) = (selection, folder);

    /// <summary>Those of a selection; null: all are.</summary>
    /// <param name="reader">The workload.</param>
    /// <param name="selection">What of it is played, which is prepared here.</param>
    /// <param name="url">The target; it is not asked.</param>
    /// <param name="checkpointMicroseconds">The moment up to which it has the workload's changes; null: none.</param>
    /// <param name="cancellation">Breaks it off.</param>
    public static async Task<SentExchanges?> OfAsync(WorkloadReader reader, Selection? selection, TargetUrl url, long? checkpointMicroseconds, CancellationToken cancellation)
    {
        if (selection is null or { Words: "all" })
        {
            return null;
        }

        selection.BeginAt(checkpointMicroseconds, endsThere: false);
        var cut = await CutProbe.PlanAsync(reader, url, mayAsk: false, [], cancellation);
        var sent = new SentExchanges(selection, Directory.CreateTempSubdirectory("dbreplay-"));
        try
        {
            selection.Prepare(sent._folder.FullName, reader, cut, session => session.Purpose == SessionPurpose.Client && session.Engine == url.Engine && selection.Reason(session) == RunReason.None, cancellation);
            return sent;
        }
        catch
        {
            sent.Dispose();
            throw;
        }
    }

    /// <summary>Whether one of a client's session is sent, timed or not.</summary>
    public bool Has(Session session, long position, in Exchange exchange) => _selection.Reason(session) == RunReason.None && _selection.IsSent(position, in exchange);

    /// <inheritdoc/>
    public void Dispose()
    {
        _selection.Dispose();
        _folder.Delete(recursive: true);
    }
}
