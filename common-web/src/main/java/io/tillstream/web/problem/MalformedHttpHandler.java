package io.tillstream.web.problem;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.util.ReferenceCountUtil;
import io.tillstream.web.Problem;
import io.tillstream.web.RequestIdAttribute;
import java.util.UUID;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is no HTTP, or has a line or a head that is too long, is refused by the server below us, with a status and
 * nothing else. Here it gets the body and the id that all refusals have.
 */
@ChannelHandler.Sharable
final class MalformedHttpHandler extends ChannelOutboundHandlerAdapter {

    private static final int REFUSED = 400; // and above
    private static final int LINE_TOO_LONG = 414;
    private static final int HEAD_TOO_LARGE = 431;

    private final JsonMapper json;

    MalformedHttpHandler(JsonMapper json) {
        this.json = json;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        super.write(
                context,
                message instanceof FullHttpResponse answer && isBare(answer) ? told(answer) : message,
                promise);
    }

    /** Whatever we answer ourselves has an id. */
    private static boolean isBare(FullHttpResponse answer) {
        return answer.status().code() >= REFUSED
                && !answer.content().isReadable()
                && !answer.headers().contains(RequestIdAttribute.HEADER);
    }

    private FullHttpResponse told(FullHttpResponse bare) {
        String id = UUID.randomUUID().toString();
        byte[] body =
                json.writeValueAsBytes(ProblemJson.of(problem(bare.status().code()), id));
        FullHttpResponse told =
                new DefaultFullHttpResponse(bare.protocolVersion(), bare.status(), Unpooled.wrappedBuffer(body));
        told.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                .set(RequestIdAttribute.HEADER, id);
        ReferenceCountUtil.release(bare);
        return told;
    }

    private static Problem problem(int status) {
        return switch (status) {
            case LINE_TOO_LONG -> Problem.of(status, "address-too-long", "The address is too long.");
            case HEAD_TOO_LARGE -> Problem.of(status, "headers-too-large", "The headers are too large.");
            default -> Problem.of(status, "malformed-request", "The request cannot be read.");
        };
    }
}
