using Replay.Protocol.MySql;
using Replay.Protocol.PostgreSql;
using Replay.Workload;

namespace Replay.Protocol;

/// <summary>Parameters of prepared statements as users read them.</summary>
public static class PreparedParameters
{
    /// <summary>The parameters of an exchange, NULL as null; null if there are none or they cannot be told.</summary>
    public static IReadOnlyList<string?>? Of(Engine engine, in Exchange exchange) =>
        engine == Engine.MySql ? MySqlParameters.Parameters(exchange) : PostgresParameters.Parameters(exchange);
}
