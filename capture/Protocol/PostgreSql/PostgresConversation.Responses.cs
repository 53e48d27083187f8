using System.Text;
using Replay.Protocol.Buffers;
using Replay.Protocol.PostgreSql.Messages;
using Replay.Workload;

namespace Replay.Protocol.PostgreSql;

/// <content>The server's messages, matched to the first slot that waits.</content>
public sealed partial class PostgresConversation
{
    private const int MaxErrorMessageBytes = 1024;

    // ParameterStatus comes with every SET; more different settings than this are not the server's.
    private const int MaxServerParameters = 1024;

    // Clients repeat themselves: the last RowDescription of a simple query, and what was made of it.
    private const int KeptDescriptionBytes = 1024;
    private readonly ByteStore _lastDescription = new();
    private readonly ByteStore _lastColumns = new();
    private readonly ByteStore _forms = new();
    private readonly ByteStore _lastForms = new();

    private void OnResponseMessage(byte type, ReadOnlySpan<byte> payload, int total)
    {
        switch (type)
        {
            case BackendMessages.ParameterStatus:
                OnParameterStatus(payload);
                return;
            case BackendMessages.NotificationResponse:
                return;
        }

        if (!_slots.HasNext)
        {
            OnOrphan(type);
            return;
        }

        ref var slot = ref _slots[_slots.Next];
        if (slot.Type == RequestSlot.Login)
        {
            OnLoginMessage(type, payload);
            return;
        }

        if (slot.Type == RequestSlot.Hole || _isResponseAstray)
        {
            OnAstray(type, payload);
            return;
        }

        CountMessage(ref slot, total);
        if (type == BackendMessages.NoticeResponse)
        {
            slot.Exchange?.AddWarning();
            return;
        }

        if (type == BackendMessages.ErrorResponse)
        {
            OnError(payload);
            return;
        }

        if (!Answer(ref slot, type, payload))
        {
            OnUnexpected(type, payload);
        }
    }

    private void CountMessage(ref RequestSlot slot, int total)
    {
        if (slot.FirstByteAtMicroseconds == 0)
        {
            slot.FirstByteAtMicroseconds = _messageFirstAt;
        }

        if (slot.Exchange is { } exchange)
        {
            exchange.FirstByteAt = exchange.FirstByteAt == 0 ? _messageFirstAt : exchange.FirstByteAt;
            exchange.EndedAt = _at;
            exchange.ResponseBytes += total;
            _somethingFollowed |= _finished is not null && (!exchange.HasSkipped || exchange.HasError);
        }
        else
        {
            _somethingFollowed = true;
        }
    }

    private bool Answer(ref RequestSlot slot, byte type, ReadOnlySpan<byte> payload)
    {
        switch (slot.Type)
        {
            case FrontendMessages.Parse:
                return type == BackendMessages.ParseComplete && Completed();
            case FrontendMessages.Bind:
                return type == BackendMessages.BindComplete && Completed();
            case FrontendMessages.Close:
                return type == BackendMessages.CloseComplete && Completed();
            case FrontendMessages.Sync:
                return type == BackendMessages.ReadyForQuery && OnReady(payload);
            case FrontendMessages.Describe:
                return AnswerDescribe(ref slot, type, payload);
            case FrontendMessages.Execute:
                return AnswerExecution(slot.Exchange!, type, payload, isExecute: true);
            case FrontendMessages.Query:
                return type == BackendMessages.ReadyForQuery ? OnReady(payload) : AnswerExecution(slot.Exchange!, type, payload, isExecute: false);
            case FrontendMessages.FunctionCall:
                return type == BackendMessages.ReadyForQuery ? OnReady(payload) : AnswerFunctionCall(slot.Exchange!, type, payload);
            default:
                return false;
        }
    }

    private bool Completed()
    {
        CompleteSlot();
        return true;
    }

    private bool AnswerDescribe(ref RequestSlot slot, byte type, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case BackendMessages.ParameterDescription when slot.NamesStatement && ParameterDescription.TryParse(payload, out var parameters):
                slot.Statement?.SetParameterTypes(parameters.Types);
                return true;
            case BackendMessages.RowDescription when slot.Statement?.IsDescribedAs(payload) is true || RowDescription.TryParse(payload, out _):
                slot.Statement?.Describe(payload);
                if (slot.Exchange is { } exchange)
                {
                    // A statement's columns are described as text, a portal's as they will be.
                    if (exchange.Command == Command.Execute && slot.Statement is not null && exchange.Statement == slot.Statement)
                    {
                        TakeDescribedColumns(exchange);
                    }
                    else
                    {
                        SetColumns(exchange, payload);
                    }

                    if (exchange.Command == Command.Execute)
                    {
                        exchange.Result.ExpectRows();
                    }
                }

                return Completed();
            case BackendMessages.NoData:
                slot.Statement?.Describe(default);
                return Completed();
            default:
                return false;
        }
    }

    /// <summary>Messages of a simple query or of an Execute.</summary>
    private bool AnswerExecution(PendingExchange exchange, byte type, ReadOnlySpan<byte> payload, bool isExecute)
    {
        switch (type)
        {
            case BackendMessages.DataRow:
                TakeDescribedColumns(exchange);
                return exchange.Result.Add(payload, Limits);
            case BackendMessages.RowDescription when !isExecute && (IsLastDescription(payload) || RowDescription.TryParse(payload, out _)):
                exchange.BeginResultSet();
                SetColumns(exchange, payload);
                exchange.Result.ExpectRows();
                return true;
            case BackendMessages.CommandComplete when CommandComplete.TryParse(payload, out var complete):
                OnCommandComplete(exchange, complete);
                return !isExecute || Completed();
            case BackendMessages.EmptyQueryResponse:
                return !isExecute || Completed();
            case BackendMessages.PortalSuspended when isExecute:
                TakeDescribedColumns(exchange);
                exchange.Result.ExpectRows();
                exchange.Flags |= ExchangeFlags.PortalSuspended;
                return Completed();
            case BackendMessages.CopyInResponse:
                OnCopyIn(exchange);
                return true;
            case BackendMessages.CopyOutResponse:
                exchange.Flags |= ExchangeFlags.CopyOut;
                return true;
            case BackendMessages.CopyBothResponse:
                OnCopyIn(exchange);
                exchange.Flags |= ExchangeFlags.CopyOut;
                return true;
            case BackendMessages.CopyData or BackendMessages.CopyDone:
                return (exchange.Flags & ExchangeFlags.CopyOut) != 0;
            default:
                return false;
        }
    }

    private bool AnswerFunctionCall(PendingExchange exchange, byte type, ReadOnlySpan<byte> payload) =>
        type == BackendMessages.FunctionCallResponse && exchange.Result.AddFunctionResult(payload, Limits);

    private void OnCommandComplete(PendingExchange exchange, CommandComplete complete)
    {
        exchange.Statements++;
        if (complete.Verb.SequenceEqual("COPY"u8))
        {
            if ((exchange.Flags & ExchangeFlags.CopyOut) != 0)
            {
                exchange.Result.AddUnhashed(Math.Max(complete.Count, 0));
            }
            else if (complete.Count >= 0)
            {
                exchange.AddAffected(complete.Count);
            }
        }
        else if (complete.IsWrite)
        {
            exchange.AddAffected(Math.Max(complete.Count, 0));
            TakeDescribedColumns(exchange);
        }
        else if (complete.Verb.SequenceEqual("SELECT"u8) && !exchange.HasResultSet)
        {
            TakeDescribedColumns(exchange);
            if (exchange.Columns.Length == 0 && complete.Count > 0 && exchange.Result.Rows < 0)
            {
                // CREATE TABLE AS and SELECT INTO answer so: rows that were written, none that were sent.
                exchange.AddAffected(complete.Count);
            }
            else
            {
                exchange.Result.ExpectRows();
            }
        }
        else if (exchange.Command == Command.Execute)
        {
            TakeDescribedColumns(exchange);
        }

        exchange.HasResultSet = false;
    }

    /// <summary>Columns of an Execute that did not describe its portal: known from an earlier Describe, with the formats of this Bind.</summary>
    private static void TakeDescribedColumns(PendingExchange exchange)
    {
        if (exchange.Columns.Length == 0 && exchange.Statement is { ReturnsRows: true } statement)
        {
            exchange.Columns.Append(statement.ColumnsFor(exchange.Formats));
            exchange.Result.SetForms(statement.Forms);
            exchange.Result.ExpectRows();
        }
    }

    /// <summary>Whether a simple query was answered with the same RowDescription before: then its columns are known.</summary>
    private bool IsLastDescription(ReadOnlySpan<byte> payload) => _lastColumns.Length > 0 && payload.SequenceEqual(_lastDescription.Written);

    private void SetColumns(PendingExchange exchange, ReadOnlySpan<byte> payload)
    {
        if (exchange.Columns.Length > 0)
        {
            // Another result set: only the first one's columns are kept, but each has its forms.
            ReadColumns(exchange, payload, isKept: false);
            return;
        }

        if (exchange.Command != Command.Query)
        {
            ReadColumns(exchange, payload, isKept: true);
            return;
        }

        if (!IsLastDescription(payload))
        {
            _lastDescription.Reset(KeptDescriptionBytes);
            _lastColumns.Reset(KeptDescriptionBytes);
            _lastForms.Reset(KeptDescriptionBytes);
            ReadColumns(exchange, payload, isKept: true);
            if (payload.Length <= KeptDescriptionBytes)
            {
                _lastDescription.Append(payload);
                _lastColumns.Append(exchange.Columns.Written);
                _lastForms.Append(_forms.Written);
            }

            return;
        }

        exchange.Columns.Append(_lastColumns.Written);
        exchange.Result.SetForms(_lastForms.Written);
    }

    private void ReadColumns(PendingExchange exchange, ReadOnlySpan<byte> payload, bool isKept)
    {
        if (!RowDescription.TryParse(payload, out var description))
        {
            return;
        }

        var isBound = exchange.Command == Command.Execute;
        _forms.Reset(KeptDescriptionBytes);
        if (isKept)
        {
            ColumnList.Begin(exchange.Columns, description.Count);
        }

        for (var i = 0; i < description.Count; i++)
        {
            description.ReadColumn(out var name, out var type, out var modifier, out var isBinary);
            isBinary = isBound ? exchange.Formats.IsBinary(i) : isBinary;
            _forms.Append([(byte)ColumnForms.Postgres(type, isBinary)]);
            if (isKept)
            {
                ColumnList.AppendColumn(exchange.Columns, name, type, modifier, isBinary);
            }
        }

        _forms.Truncate(_forms.Written.ContainsAnyExcept((byte)ValueForm.AsIs) ? _forms.Length : 0);
        exchange.Result.SetForms(_forms.Written);
    }

    private void OnParameterStatus(ReadOnlySpan<byte> payload)
    {
        if (ParameterStatus.TryParse(payload, out var status) && Facts.ServerParameters.Count < MaxServerParameters)
        {
            Facts.ServerParameters[Encoding.UTF8.GetString(status.Name)] = Encoding.UTF8.GetString(status.Value);
            if (status.Name.SequenceEqual("server_version"u8))
            {
                Facts.ServerVersion = Encoding.UTF8.GetString(status.Value);
            }
        }
    }

    private bool OnReady(ReadOnlySpan<byte> payload)
    {
        if (!ReadyForQuery.TryParse(payload, out var state))
        {
            return false;
        }

        _isSkipping = _isJoining = false;
        _slots[_slots.Next].Exchange!.TransactionState = state;
        if (state == TransactionState.Idle)
        {
            _portals.EndTransaction();
        }

        CompleteSlot();
        _hasGhosts &= _slots.HasNext;
        _lastReadyAt = _at;
        return true;
    }

    /// <summary>A message that is too long to be held: its beginning is here, the rest goes by.</summary>
    private void OnPassedOver(byte type, int have)
    {
        if (!_slots.HasNext || _slots[_slots.Next].Exchange is not { } exchange)
        {
            return;
        }

        CountMessage(ref _slots[_slots.Next], have);
        if (type == BackendMessages.DataRow)
        {
            TakeDescribedColumns(exchange);
            exchange.Result.AddUnhashed(1);
        }
    }
}
