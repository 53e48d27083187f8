namespace Replay.Comparator;

/// <summary>What a shape is to an application. Times and results are compared of the first two; errors of all.</summary>
public enum TrafficRole
{
    /// <summary>It reads or writes the application's data.</summary>
    Statement,

    /// <summary>BEGIN, COMMIT, ROLLBACK, SAVEPOINT: compared, as a class of its own.</summary>
    Transaction,

    /// <summary>SET, RESET, USE, DISCARD ...: it changes the session.</summary>
    SessionState,

    /// <summary>It only asks whether the server answers: <c>select 1</c>, ping, an empty statement.</summary>
    HealthCheck,

    /// <summary>Set-up and catalogue traffic of drivers, pools and monitors: what the server is, what it has. Between versions the answers have to differ.</summary>
    SetUp,
}
