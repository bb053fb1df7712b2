import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Answers what is no HTTP with status 400 and closes the connection.
final class MalformedRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let metrics: ServiceMetrics
  private var running = 0
  private var hasAnswered = false

  init(_ metrics: ServiceMetrics) { self.metrics = metrics }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head = unwrapInboundIn(data) { running += 1 }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) { running -= 1 }
    context.write(data, promise: promise)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // An interrupted connection, or a request that is being answered: its body ends here.
    if error is IOError || error is ChannelError || running > 0 || hasAnswered {
      context.fireErrorCaught(error)
      return
    }
    hasAnswered = true
    metrics.addMalformed()
    let body = ByteBuffer(string: #"{"hint":null,"message":"the request is not HTTP"}"#)
    let head = HTTPResponse(
      status: .badRequest,
      headerFields: [
        .contentType: "application/json", .contentLength: "\(body.readableBytes)",
        .connection: "close",
      ])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(body)), promise: nil)
    let loop = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
      loop.value.close(promise: nil)
    }
  }
}

@available(*, unavailable)
extension MalformedRequestHandler: Sendable {}
