/** What JavaScript calls. Everything else runs by way of `dispatch`. */
export { dispatch, join, workerLoop } from "./control";
export { finishGradientStatistics, finishStatistics, foldStatistics } from "./batch_norm";
export { repeatProduct } from "./gemm";
