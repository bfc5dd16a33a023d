package io.tillstream.simulator.surface;

import com.stripe.net.ApiRequest;
import com.stripe.net.ApiRequestParams;
import com.stripe.net.ApiService;
import com.stripe.net.BaseAddress;
import com.stripe.net.RequestOptions;
import com.stripe.net.StripeResponseGetter;
import com.stripe.service.EphemeralKeyService;
import com.stripe.service.V1Services;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Every operation of Stripe's API that stripe-java can call, found by calling each, with the class of its parameters. */
final class StripeJavaOperations {
    private static final String ID = "ID"; // stands in an address where an id belongs
    private static final Class<?> NO_PARAMETERS = ApiRequestParams.class;

    private final Map<String, Class<?>> found = new TreeMap<>();
    private @Nullable ApiRequest last;

    private StripeJavaOperations() {}

    /** By method and path, {@code POST /v1/refunds/{}}; {@link ApiRequestParams} itself for those without parameters. */
    static Map<String, Class<?>> all() {
        StripeJavaOperations operations = new StripeJavaOperations();
        operations.collect(new V1Services(operations.recorder()));
        return operations.found;
    }

    private StripeResponseGetter recorder() {
        return (StripeResponseGetter) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {StripeResponseGetter.class}, (proxy, method, args) -> {
                    if (args != null && args.length > 0 && args[0] instanceof ApiRequest request) {
                        last = request;
                    }
                    return method.getReturnType() == InputStream.class ? new ByteArrayInputStream(new byte[0]) : null;
                });
    }

    /** All but ephemeral keys, which cannot be asked for without a version. */
    private void collect(ApiService service) {
        for (Method method : service.getClass().getMethods()) {
            if (method.getDeclaringClass() != service.getClass()) {
                continue;
            }
            boolean nested = ApiService.class.isAssignableFrom(method.getReturnType());
            if (nested && method.getParameterCount() == 0) {
                collect((ApiService) invoke(service, method));
            } else if (!nested && takesOptions(method) && !(service instanceof EphemeralKeyService)) {
                record(service, method);
            }
        }
    }

    /** Of the overloads of an operation the longest one that there is: with parameters if it has any. */
    private static boolean takesOptions(Method method) {
        Class<?>[] types = method.getParameterTypes();
        if (types.length == 0 || types[types.length - 1] != RequestOptions.class) {
            return false;
        }
        return Arrays.stream(method.getDeclaringClass().getMethods())
                .filter(each -> each.getName().equals(method.getName()))
                .noneMatch(each -> each.getParameterCount() > types.length);
    }

    private void record(ApiService service, Method method) {
        Class<?>[] types = method.getParameterTypes();
        Object[] args = new Object[types.length];
        Class<?> params = NO_PARAMETERS;
        for (int i = 0; i < types.length; i++) {
            if (types[i] == String.class) {
                args[i] = ID;
            } else if (ApiRequestParams.class.isAssignableFrom(types[i])) {
                params = types[i];
            }
        }
        last = null;
        invoke(service, method, args);
        if (last != null && last.getBaseAddress() != BaseAddress.CONNECT) {
            found.put(last.getMethod() + " " + last.getPath().replace(ID, "{}"), params);
        }
    }

    private static @Nullable Object invoke(Object target, Method method, @Nullable Object... args) {
        try {
            return method.invoke(target, args);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(method.toString(), e);
        }
    }
}
