import { driverConformance } from '@livefold/core/testing'
import { describe, expect, it } from 'vitest'
import { openNodeDriver } from './sqlite-driver.ts'

driverConformance('node:sqlite', () => openNodeDriver(':memory:'), { describe, it, expect })
