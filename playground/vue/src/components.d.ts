// For what is not `vue-tsc`, which reads the components themselves.
declare module '*.vue' {
  import type { Component } from 'vue'

  const component: Component
  export default component
}
