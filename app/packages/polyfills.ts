/** What the library uses of today's JavaScript and Node 20, or a browser of last year, lacks. */
import "core-js/actual/iterator/filter.js";
import "core-js/actual/iterator/some.js";
import "core-js/actual/iterator/take.js";
import "core-js/actual/map/group-by.js";
import "core-js/actual/symbol/dispose.js";
import "core-js/actual/typed-array/from-base64.js";
