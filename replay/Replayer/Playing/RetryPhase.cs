namespace Replay.Replayer;

/// <summary>What a retry is at.</summary>
public enum RetryPhase : byte
{
    /// <summary>Nothing: there is none.</summary>
    None,

    /// <summary>What was on the wire behind the victim is waited for.</summary>
    Draining,

    /// <summary>The transaction is to be rolled back.</summary>
    RollingBack,

    /// <summary>What it had prepared is to be closed.</summary>
    Closing,

    /// <summary>It is sent again.</summary>
    Sending,
}
