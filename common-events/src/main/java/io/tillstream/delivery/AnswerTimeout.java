package io.tillstream.delivery;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/**
 * Ends connections to the database on which a statement gets no answer at all: their server is gone, or cut off, without a
 * word. The driver has no limit of its own, and TCP's are between a quarter of an hour and two hours; whoever waits on such a
 * connection would wait that long, and so would whoever gets it next. What is ended so is a fault that passes.
 */
final class AnswerTimeout implements LoopResources {

    private static final Logger LOG = LoggerFactory.getLogger(AnswerTimeout.class);

    /** Above the role's statement time-out (5 s), after which a server that is there says so. */
    static final Duration LONGEST = Duration.ofSeconds(20);

    private final LoopResources loops = TcpResources.get(); // what the driver uses without us; not ours to end
    private final Duration longest;

    /** Connections that wait for {@code longest} at most. */
    AnswerTimeout(Duration longest) {
        this.longest = longest;
    }

    @Override
    public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
        C channel = loops.onChannel(type, group);
        channel.pipeline().addLast(new Watch(longest));
        return channel;
    }

    @Override
    public <C extends Channel> Class<? extends C> onChannelClass(Class<C> type, EventLoopGroup group) {
        return loops.onChannelClass(type, group);
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return loops.onServer(useNative);
    }

    @Override
    public EventLoopGroup onServerSelect(boolean useNative) {
        return loops.onServerSelect(useNative);
    }

    @Override
    public EventLoopGroup onClient(boolean useNative) {
        return loops.onClient(useNative);
    }

    @Override
    public boolean daemon() {
        return loops.daemon();
    }

    /** Of one connection, in its event loop. */
    private static final class Watch extends ChannelDuplexHandler {
        private final Duration longest;
        private @Nullable ScheduledFuture<?> end;

        Watch(Duration longest) {
            this.longest = longest;
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
            if (end == null) {
                end = context.executor().schedule(() -> isLost(context), longest.toMillis(), TimeUnit.MILLISECONDS);
            }
            super.write(context, message, promise);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            answered();
            super.channelRead(context, message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) throws Exception {
            answered();
            super.channelInactive(context);
        }

        private void answered() {
            if (end != null) {
                end.cancel(false);
                end = null;
            }
        }

        private void isLost(ChannelHandlerContext context) {
            LOG.warn("The database has not answered for {}: its connection is ended", longest);
            var unused = context.close();
        }
    }
}
