using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Finds an exchange by what it is called for ever: session and ordinal.</summary>
internal static class ExchangePlace
{
    /// <summary>Its position; null if the workload has none.</summary>
    public static long? Find(WorkloadReader workload, int session, int ordinal)
    {
        foreach (var block in workload.Blocks.Where(b => b.MayHold(session)))
        {
            using var cursor = workload.Read(block.FirstPosition, ExchangeParts.WithoutRequest);
            for (var left = block.Count; left > 0 && cursor.MoveNext(); left--)
            {
                if (cursor.Current.Session == session && cursor.Current.Ordinal == ordinal)
                {
                    return cursor.Position;
                }
            }
        }

        return null;
    }
}
